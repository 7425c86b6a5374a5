/** Facts about the device that change behaviour, not only looks. */
import { useCallback, useSyncExternalStore } from 'react';

function useMedia(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** One pane instead of two; the same width as in the style sheets. */
export const useNarrow = (): boolean => useMedia('(max-width: 719px)');

/** Fingers and a keyboard on the screen: Enter breaks the line there, as there is no Shift+Enter. */
export const isTouchOnly = (): boolean => window.matchMedia('(hover: none) and (pointer: coarse)').matches;

export const prefersReducedMotion = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
