/** What a browser writes into a JPEG beside the picture. */
import { expect, it } from 'vitest';
import { withoutExif } from './encode-picture.ts';

const START = [0xff, 0xd8];
const JFIF = [0xff, 0xe0, 0, 4, 1, 2];
const EXIF = [0xff, 0xe1, 0, 8, ...new TextEncoder().encode('Exif\0\0')];
const SCAN = [0xff, 0xda, 0, 2, 0xff, 0xe1, 9, 9];

it('Exif is left out, and nothing else; what looks like it among the pixels stays', () => {
  expect([...withoutExif(Uint8Array.from([...START, ...JFIF, ...EXIF, ...SCAN]))]).toEqual([
    ...START,
    ...JFIF,
    ...SCAN,
  ]);
  const plain = Uint8Array.from([...START, ...JFIF, ...SCAN]);
  expect(withoutExif(plain)).toEqual(plain);
});
