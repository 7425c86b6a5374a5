/** The skin tone that a person prefers, remembered on this device. */
import { findLocalStorage } from '../drafts.ts';

export const SKIN_TONES = ['none', 'light', 'medium-light', 'medium', 'medium-dark', 'dark'] as const;
export type SkinTone = (typeof SKIN_TONES)[number];

const KEY = 'tidewire.skin-tone';

export function readSkinTone(): SkinTone {
  const stored = findLocalStorage()?.getItem(KEY);
  return SKIN_TONES.find((tone) => tone === stored) ?? 'none';
}

export function rememberSkinTone(tone: SkinTone): void {
  try {
    findLocalStorage()?.setItem(KEY, tone);
  } catch {
    // Storage is full: the choice lasts until the picker is closed.
  }
}
