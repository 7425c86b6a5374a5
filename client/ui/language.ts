/**
 * The language: the one that the person chose, else the first that the app speaks of those that the browser asks for. It
 * is never drawn in one and then in another: the words are there before anything is drawn, and before it is drawn anew.
 */
import { LANGUAGE_CHOICES, type Language, type LanguageChoice } from '../../schema/document/account.ts';
import { direction, locale } from '../language/locale.ts';
import { pickLanguage } from '../language/pick-language.ts';
import { loadLanguage } from '../language/translate.ts';
import { createChoice } from './choice.ts';
import { createSource, useObserved } from './observed.ts';
import { insist } from './parts/lazily.tsx';

const choice = createChoice<LanguageChoice>({
  key: 'tidewire.language',
  values: LANGUAGE_CHOICES,
  usual: 'system',
  apply: () => void speakChosen(),
  of: (values) => values.language,
  share: (account, chosen) => account.setLanguage(chosen),
});

const spoken = createSource<Language | undefined>(undefined);

function chosenLanguage(): Language {
  const chosen = choice.value.get();
  return chosen === 'system' ? pickLanguage(navigator.languages) : chosen;
}

async function speakChosen(): Promise<void> {
  const language = chosenLanguage();
  if (language === spoken.get()) return;
  // Another one may be chosen until its words are there.
  await insist(() => loadLanguage(language, () => language === chosenLanguage()));
  if (language !== chosenLanguage()) return;
  const { documentElement: page } = document;
  page.lang = locale();
  page.dir = direction();
  spoken.set(language);
}

/** To be awaited before anything is drawn. */
export const startLanguage = speakChosen;

/** What is spoken. Who draws words that `memo` would keep has to be made anew when it changes. */
export const useLanguage = (): Language => useObserved(spoken) ?? 'en';
export const useLanguageChoice = (): LanguageChoice => useObserved(choice.value);
export const chooseLanguage = choice.choose;
export const shareLanguage = choice.follow;
