/**
 * Whether the sheet of keys is shown: asked for by `?` from wherever nothing is typed, or by the account's menu. On a device that is spoken
 * to, any word may press single keys, so `?` can be turned off there (https://www.w3.org/TR/WCAG22/#character-key-shortcuts).
 */
import { keepChoice, readChoice } from '../kept-choice.ts';
import { createSource, useObserved } from '../observed.ts';

const KEY = 'tidewire.question-mark';

const shown = createSource(false);
const hasKey = createSource(readChoice(KEY, ['on', 'off'], 'on') === 'on');

export const useShortcutsShown = (): boolean => useObserved(shown);
export const showShortcuts = (): void => shown.set(true);
export const hideShortcuts = (): void => shown.set(false);

/** Whether `?` shows it. */
export const useShortcutsKey = (): boolean => useObserved(hasKey);

export function turnShortcutsKey(isOn: boolean): void {
  hasKey.set(isOn);
  keepChoice(KEY, isOn ? 'on' : 'off', 'on');
}

/** Where a question mark is text, and where something else has to be answered first. */
const TYPED = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable=true]';
const ASKING = '[role=dialog], [role=alertdialog], [role=menu]';

export function listenForShortcuts(): () => void {
  const listen = (event: KeyboardEvent) => {
    if (event.key !== '?' || !hasKey.get() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented)
      return;
    if ((event.target as Element).closest?.(TYPED) || document.querySelector(ASKING)) return;
    event.preventDefault();
    showShortcuts();
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}
