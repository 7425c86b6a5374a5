import { describe, expect, test } from 'vitest';
import { pictureBox } from './picture-box.ts';

describe('the box of a picture', () => {
  test.each([
    ['a photo', { width: 4032, height: 3024 }, 500, { width: 340, height: 255 }],
    ['a tall one', { width: 1000, height: 2000 }, 500, { width: 170, height: 340 }],
    ['one wider than the phone', { width: 4000, height: 2000 }, 240, { width: 240, height: 120 }],
    ['a small one, as it is', { width: 120, height: 80 }, 500, { width: 120, height: 80 }],
    ['a line, cut', { width: 5000, height: 10 }, 500, { width: 340, height: 56 }],
    ['a dot', { width: 1, height: 1 }, 500, { width: 96, height: 56 }],
  ])('of %s', (_, size, available, box) => {
    expect(pictureBox(size, available)).toEqual(box);
  });
});
