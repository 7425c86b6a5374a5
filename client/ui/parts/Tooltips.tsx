/**
 * The tooltip of whatever carries `data-tooltip`: after a moment under a mouse, at once on keyboard focus. One for the whole
 * app, so that a button costs nothing until it is pointed at. Assistive technology reads the label and needs none.
 */
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useState } from 'react';
import styles from './Tooltips.module.css';

/** Long enough not to flicker under a mouse on its way elsewhere. */
const DELAY_MS = 500;

const findAnchor = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-tooltip]') : null;

export function Tooltips() {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (next: HTMLElement | null, delayMs: number) => {
      clearTimeout(timer);
      setAnchor(null);
      if (next) timer = setTimeout(() => setAnchor(next.isConnected ? next : null), delayMs);
    };
    const onOver = (event: PointerEvent) => {
      if (event.pointerType === 'mouse') show(findAnchor(event.target), DELAY_MS);
    };
    const onFocus = (event: FocusEvent) => {
      const next = findAnchor(event.target);
      show(next?.matches(':focus-visible') ? next : null, 0);
    };
    const hide = () => show(null, 0);
    const options = { capture: true };
    document.addEventListener('pointerover', onOver, options);
    document.addEventListener('focusin', onFocus, options);
    for (const type of ['focusout', 'pointerdown', 'keydown'] as const) document.addEventListener(type, hide, options);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', onOver, options);
      document.removeEventListener('focusin', onFocus, options);
      for (const type of ['focusout', 'pointerdown', 'keydown'] as const)
        document.removeEventListener(type, hide, options);
    };
  }, []);

  return (
    <Tooltip.Root open={anchor !== null}>
      <Tooltip.Portal>
        <Tooltip.Positioner anchor={anchor} sideOffset={6}>
          <Tooltip.Popup className={styles.tooltip} aria-hidden="true">
            {anchor?.dataset.tooltip}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
