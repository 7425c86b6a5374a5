/** Facts about the device that change behaviour, not only looks. */
import { useSyncExternalStore } from 'react';

/** Made once: the browser parses a query and keeps it up to date each time it is asked. */
const narrow = window.matchMedia('(max-width: 719px)');
const touchOnly = window.matchMedia('(hover: none) and (pointer: coarse)');
const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');

function onNarrow(listener: () => void): () => void {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
}

/** One pane instead of two; the same width as in the style sheets. */
export const useNarrow = (): boolean => useSyncExternalStore(onNarrow, () => narrow.matches);

/** Fingers and a keyboard on the screen: Enter breaks the line there, as there is no Shift+Enter. */
export const isTouchOnly = (): boolean => touchOnly.matches;

export const prefersReducedMotion = (): boolean => reducedMotion.matches;
