/**
 * What notifications say, in the first language that the browser asks for and the app speaks. Apart from `language/`,
 * because the service worker is to stay small; it does not know which language was chosen in the app.
 */
import type { Language } from '../../schema/document/account.ts';
import { wordlessIn } from '../../schema/document/files.ts';
import { NEUTRAL_BODY } from '../../schema/http/push-body.ts';
import { pickLanguage } from '../language/pick-language.ts';

interface Words {
  readonly neutral: string;
  readonly photo: string;
  /** `#` is how long it is. */
  readonly voice: string;
  /** By plural category; `#` is the number. */
  readonly messages: { readonly [C in Intl.LDMLPluralRule]?: string } & { readonly other: string };
  readonly reply: string;
  readonly replyHint: string;
  readonly read: string;
  readonly notSent: string;
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    neutral: NEUTRAL_BODY,
    photo: 'Photo',
    voice: 'Voice message, #',
    messages: { one: '# new message', other: '# new messages' },
    reply: 'Reply',
    replyHint: 'Write a message',
    read: 'Mark as read',
    notSent: 'Not sent',
  },
  de: {
    neutral: 'Neue Nachricht',
    photo: 'Foto',
    voice: 'Sprachnachricht, #',
    messages: { one: '# neue Nachricht', other: '# neue Nachrichten' },
    reply: 'Antworten',
    replyHint: 'Nachricht schreiben',
    read: 'Als gelesen markieren',
    notSent: 'Nicht gesendet',
  },
  es: {
    neutral: 'Mensaje nuevo',
    photo: 'Foto',
    voice: 'Mensaje de voz, #',
    messages: { one: '# mensaje nuevo', other: '# mensajes nuevos' },
    reply: 'Responder',
    replyHint: 'Escribe un mensaje',
    read: 'Marcar como leído',
    notSent: 'No enviado',
  },
  ar: {
    neutral: 'رسالة جديدة',
    photo: 'صورة',
    voice: 'رسالة صوتية، #',
    messages: {
      one: 'رسالة جديدة',
      two: 'رسالتان جديدتان',
      few: '# رسائل جديدة',
      other: '# رسالة جديدة',
    },
    reply: 'رد',
    replyHint: 'اكتب رسالة',
    read: 'تمييز كمقروءة',
    notSent: 'لم تُرسل',
  },
};

export function wordsIn(language: Language) {
  const words = WORDS[language];
  const rules = new Intl.PluralRules(language);
  return {
    ...words,
    messages: (count: number): string =>
      (words.messages[rules.select(count)] ?? words.messages.other).replace('#', String(count)),
    notSent: (reply: string): string => `${words.notSent}: ${reply}`,
    /** The few bodies that the server composes, in this language. */
    body: (body: string): string => {
      if (body === NEUTRAL_BODY) return words.neutral;
      const wordless = wordlessIn(body);
      if (wordless?.is === 'picture') return `📷 ${words.photo}`;
      return wordless ? `🎤 ${words.voice.replace('#', wordless.time)}` : body;
    },
  };
}

export const words = wordsIn(pickLanguage(globalThis.navigator?.languages ?? []));
