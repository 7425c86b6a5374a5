/** The square that is cut out of a picture. */
import { describe, expect, it } from 'vitest';
import { fitCrop, MAX_ZOOM, pullCrop, squareOf, WHOLE } from './crop.ts';

const wide = { width: 800, height: 400 };

describe('the square of a picture', () => {
  it('is the middle at first', () => {
    expect(squareOf(wide, WHOLE)).toEqual({ left: 200, top: 0, side: 400 });
  });

  it('follows a pull until the edge, and back from there at once', () => {
    const pulled = pullCrop(wide, WHOLE, { x: -5, y: 3 });
    expect(squareOf(wide, pulled)).toEqual({ left: 400, top: 0, side: 400 });
    expect(squareOf(wide, pullCrop(wide, pulled, { x: 0.25, y: 0 }))).toEqual({ left: 300, top: 0, side: 400 });
  });

  it('is smaller when one looks closer, and stays inside when one steps back', () => {
    const close = fitCrop(wide, { zoom: 2, x: 1, y: 1 });
    expect(squareOf(wide, close)).toEqual({ left: 600, top: 200, side: 200 });
    expect(squareOf(wide, fitCrop(wide, { ...close, zoom: 1 }))).toEqual({ left: 400, top: 0, side: 400 });
    expect(fitCrop(wide, { ...close, zoom: 99 }).zoom).toBe(MAX_ZOOM);
  });
});
