/**
 * The theme: the system's unless the person chose one. `public/theme.js` applies the same stored choice before the first
 * paint; this module changes it.
 */
import { THEMES, type Theme } from '../../schema/document/account.ts';
import { createChoice } from './choice.ts';
import { useObserved } from './observed.ts';

const theme = createChoice<Theme>({
  key: 'tidewire.theme',
  values: THEMES,
  usual: 'system',
  apply(next) {
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
  },
  of: (values) => values.theme,
  share: (account, chosen) => account.setTheme(chosen),
});

export const useTheme = (): Theme => useObserved(theme.value);
export const chooseTheme = theme.choose;
export const shareTheme = theme.follow;
