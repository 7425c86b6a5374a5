/** Zooming and shifting a picture. */
import { describe, expect, test } from 'vitest';
import { MAX_SCALE, panBy, WHOLE, zoomTo } from './zoom.ts';

const sizes = { stage: { width: 400, height: 800 }, picture: { width: 400, height: 300 } };

describe('a picture', () => {
  test('keeps the place under the fingers where it is', () => {
    const at = { x: 100, y: 0 };
    const zoom = zoomTo(WHOLE, 3, at, sizes);
    // What was 100 px right of its middle is three times as far from it.
    expect(zoom.x + 100 * zoom.scale).toBeCloseTo(at.x);
  });

  test('is never smaller than whole, nor larger than of use', () => {
    expect(zoomTo(WHOLE, 0.1, { x: 50, y: 50 }, sizes)).toEqual(WHOLE);
    expect(zoomTo(WHOLE, 1_000, { x: 0, y: 0 }, sizes).scale).toBe(MAX_SCALE);
  });

  test('cannot be shifted off the screen, and stays in the middle where it has room', () => {
    const close = zoomTo(WHOLE, 2, { x: 0, y: 0 }, sizes);
    expect(panBy(close, 1e6, 1e6, sizes)).toEqual({ scale: 2, x: 200, y: 0 });
    expect(panBy(close, -1e6, -1e6, sizes)).toEqual({ scale: 2, x: -200, y: 0 });
  });

  test('that is made whole again lies in the middle', () => {
    const shifted = panBy(zoomTo(WHOLE, 5, { x: 30, y: -60 }, sizes), 70, 90, sizes);
    expect(zoomTo(shifted, 1, { x: 150, y: 20 }, sizes)).toEqual(WHOLE);
  });
});
