/** How a picture lies on the screen while it is looked at closely: scale and shift, always covering what it can. Pure. */

export interface Zoom {
  readonly scale: number;
  /** px by which the middle of the picture is off the middle of the stage. */
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Sizes {
  readonly stage: Size;
  /** As it is shown whole. */
  readonly picture: Size;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
/** Single pixels of a photo are seen by then. */
export const MAX_SCALE = 8;
/** What a double tap, the button and a key bring. */
export const CLOSE_SCALE = 2.5;

/** `at` stays where it is: px from the middle of the stage. */
export function zoomTo(zoom: Zoom, scale: number, at: { x: number; y: number }, sizes: Sizes): Zoom {
  const next = Math.min(MAX_SCALE, Math.max(1, scale));
  const ratio = next / zoom.scale;
  return within({ scale: next, x: at.x - (at.x - zoom.x) * ratio, y: at.y - (at.y - zoom.y) * ratio }, sizes);
}

export const panBy = ({ scale, x, y }: Zoom, dx: number, dy: number, sizes: Sizes): Zoom =>
  within({ scale, x: x + dx, y: y + dy }, sizes);

/** No edge comes further in than it must: a picture smaller than the stage stays in its middle. */
function within({ scale, x, y }: Zoom, { stage, picture }: Sizes): Zoom {
  const limit = (side: keyof Size) => Math.max(0, (picture[side] * scale - stage[side]) / 2);
  const clamp = (value: number, most: number) => Math.min(most, Math.max(-most, value)) + 0;
  return { scale, x: clamp(x, limit('width')), y: clamp(y, limit('height')) };
}
