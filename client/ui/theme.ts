/**
 * The theme: the system's unless the person chose one. `public/theme.js` applies the same stored choice before the first
 * paint; this module changes it.
 */
import { createSource, useObserved } from './observed.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'tidewire.theme';

function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    // Storage may be forbidden; the system's theme is right then.
    return 'system';
  }
}

const theme = createSource<Theme>(readTheme());

export const useTheme = (): Theme => useObserved(theme);

export function chooseTheme(next: Theme): void {
  theme.set(next);
  if (next === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // The choice then lasts until the page is closed.
  }
}
