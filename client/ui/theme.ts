/**
 * The theme: the system's unless the person chose one. `public/theme.js` applies the same stored choice before the first
 * paint; this module changes it.
 */
import type { Theme } from '../../schema/document/account.ts';
import type { SharedAccount } from '../conversation/conversation.ts';
import { createSource, useObserved } from './observed.ts';

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

/** Follows what this person chose on another device; a choice made here before there was an account document is shared. */
export function shareTheme(account: SharedAccount): () => void {
  let shared = account.values.get().theme;
  let isFirst = true;
  const follow = () => {
    const { theme: theirs, isComplete } = account.values.get();
    if (!isComplete) return;
    if (isFirst && theirs === 'system' && theme.get() !== 'system') account.setTheme(theme.get());
    else if (theirs !== shared || isFirst) chooseTheme(theirs);
    shared = theirs;
    isFirst = false;
  };
  follow();
  return account.values.subscribe(follow);
}

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
