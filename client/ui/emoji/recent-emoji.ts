/** The emoji that a person chose last, on this device: the newest first. */
import { findLocalStorage } from '../drafts.ts';

const KEY = 'tidewire.recent-emoji';
/** The longest row of the choice. */
const MAX_KEPT = 9;
/** One emoji, whatever it is put together from. */
const MAX_UNITS = 32;

const isEmoji = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_UNITS;

export function readRecentEmoji(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(findLocalStorage()?.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isEmoji).slice(0, MAX_KEPT) : [];
  } catch {
    // Not written by this software.
    return [];
  }
}

export function rememberEmoji(emoji: string): void {
  const kept = [emoji, ...readRecentEmoji().filter((other) => other !== emoji)].slice(0, MAX_KEPT);
  try {
    findLocalStorage()?.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is full: they are found in their categories.
  }
}
