/** How large a picture is shown in a message: known before its bytes are there, so that no row ever jumps. Pure. */

interface Size {
  readonly width: number;
  readonly height: number;
}

/** As files.module.css has it. */
const MAX: Size = { width: 340, height: 340 };
const MIN: Size = { width: 96, height: 56 };

/** Below a picture or a card. */
export const FILE_GAP_PX = 6;
export const CARD_PX = 56;

/** `available` px for the widest line of a bubble. What is very long or very wide is cut at its edges. */
export function pictureBox({ width, height }: Size, available: number): Size {
  const scale = Math.min(1, Math.min(MAX.width, available) / width, MAX.height / height);
  return {
    width: Math.round(Math.min(available, Math.max(MIN.width, width * scale))),
    height: Math.round(Math.max(MIN.height, height * scale)),
  };
}
