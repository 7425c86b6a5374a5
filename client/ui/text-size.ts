/**
 * How large everything is: the size of the root's font, which all sizes of text and controls are multiples of. Kept on this
 * device, as screens differ. `public/theme.js` applies it before the first paint.
 */
import { keepChoice } from './kept-choice.ts';
import { createSource, useObserved } from './observed.ts';

export const TEXT_SIZES = ['small', 'normal', 'large', 'largest'] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

const KEY = 'tidewire.text-size';

const shown = document.documentElement.dataset.textSize;
const size = createSource<TextSize>(TEXT_SIZES.find((each) => each === shown) ?? 'normal');

/** As tokens.css has it. */
const SCALES: Readonly<Record<TextSize, number>> = { small: 0.875, normal: 1, large: 1.15, largest: 1.3 };

/** How large text is, of what is normal. */
export const textScale = (): number => SCALES[size.get()];

export const useTextSize = (): TextSize => useObserved(size);

export function chooseTextSize(next: TextSize): void {
  size.set(next);
  const { dataset } = document.documentElement;
  if (next === 'normal') delete dataset.textSize;
  else dataset.textSize = next;
  keepChoice(KEY, next, 'normal');
}
