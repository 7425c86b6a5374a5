/** Whether the sheet of keys is shown: asked for by `?` from wherever nothing is typed, or by the account's menu. */
import { createSource, useObserved } from '../observed.ts';

const shown = createSource(false);

export const useShortcutsShown = (): boolean => useObserved(shown);
export const showShortcuts = (): void => shown.set(true);
export const hideShortcuts = (): void => shown.set(false);

/** Where a question mark is text, and where something else has to be answered first. */
const TYPED = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]';
const ASKING = '[role=dialog], [role=alertdialog], [role=menu]';

export function listenForShortcuts(): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if ((event.target as Element).closest?.(TYPED) || document.querySelector(ASKING)) return;
    event.preventDefault();
    showShortcuts();
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}
