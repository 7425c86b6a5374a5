/** Pixels as the bytes that the server takes for a picture of a person or group: a small JPEG that says nothing else. */
import { MAX_PICTURE_BYTES } from '../../../schema/limits.ts';
import type { squareOf } from './crop.ts';

/** Of what is sent: the largest place for it, on a dense screen. */
export const PICTURE_PX = 320;

/** From the best on; at the last one no picture of this size is too large. */
const QUALITIES = [0.9, 0.8, 0.65, 0.5];

export function drawSquare(
  canvas: HTMLCanvasElement,
  picture: CanvasImageSource,
  { left, top, side }: ReturnType<typeof squareOf>,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  // A JPEG is nowhere transparent.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, left, top, side, side, 0, 0, canvas.width, canvas.height);
}

export async function encodePicture(canvas: HTMLCanvasElement): Promise<Blob> {
  for (const quality of QUALITIES) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (!blob) continue;
    const bytes = withoutNotes(new Uint8Array(await blob.arrayBuffer()));
    if (bytes.length <= MAX_PICTURE_BYTES) return new Blob([bytes], { type: 'image/jpeg' });
  }
  throw new Error('The picture cannot be made small enough');
}

/** JFIF, a colour profile, and how Adobe encodes colours. */
const NOTES = [0xe0, 0xe2, 0xee];
const isNote = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;

/** Safari writes Exif and IPTC into every JPEG, and the server takes none. Segments: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.1.1.4 */
export function withoutNotes(jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const kept: Uint8Array<ArrayBuffer>[] = [jpeg.subarray(0, 2)];
  let at = 2;
  while (jpeg[at] === 0xff && jpeg[at + 1] !== 0xda && at + 3 < jpeg.length) {
    const end = at + 2 + ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0);
    const marker = jpeg[at + 1] ?? 0;
    if (!isNote(marker) || NOTES.includes(marker)) kept.push(jpeg.subarray(at, end));
    at = end;
  }
  kept.push(jpeg.subarray(at));
  const all = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0));
  let written = 0;
  for (const piece of kept) {
    all.set(piece, written);
    written += piece.length;
  }
  return all;
}
