/** Which square of a picture is shown: a zoom and the place of its middle, never beyond the picture's edges. Pure. */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Crop {
  /** 1: as much as fits into a square. */
  readonly zoom: number;
  /** The middle, as parts of the width and of the height. */
  readonly x: number;
  readonly y: number;
}

export const MAX_ZOOM = 4;
export const WHOLE: Crop = { zoom: 1, x: 0.5, y: 0.5 };

/** The side of the square, in pixels of the picture. */
const sideOf = ({ width, height }: Size, zoom: number): number => Math.min(width, height) / zoom;

const between = (least: number, value: number, most: number): number => Math.min(most, Math.max(least, value));

/** The crop that is wanted, as far as the picture reaches. */
export function fitCrop(picture: Size, { zoom: wanted, x, y }: Crop): Crop {
  const zoom = between(1, wanted, MAX_ZOOM);
  const half = sideOf(picture, zoom) / 2;
  const [across, down] = [half / picture.width, half / picture.height];
  return { zoom, x: between(across, x, 1 - across), y: between(down, y, 1 - down) };
}

/** In pixels of the picture. */
export function squareOf(picture: Size, { zoom, x, y }: Crop): { left: number; top: number; side: number } {
  const side = sideOf(picture, zoom);
  return { left: x * picture.width - side / 2, top: y * picture.height - side / 2, side };
}

/** The picture was pulled by so many parts of the square's side. */
export function pullCrop(picture: Size, crop: Crop, by: { readonly x: number; readonly y: number }): Crop {
  const side = sideOf(picture, crop.zoom);
  const [x, y] = [crop.x - (by.x * side) / picture.width, crop.y - (by.y * side) / picture.height];
  return fitCrop(picture, { ...crop, x, y });
}
