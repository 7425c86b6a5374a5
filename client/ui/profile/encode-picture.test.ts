/** What a browser writes into a JPEG beside the picture. */
import { expect, it } from 'vitest';
import { withoutNotes } from './encode-picture.ts';

const START = [0xff, 0xd8];
const JFIF = [0xff, 0xe0, 0, 4, 1, 2];
const EXIF = [0xff, 0xe1, 0, 8, ...new TextEncoder().encode('Exif\0\0')];
const PROFILE = [0xff, 0xe2, 0, 4, 7, 7];
const IPTC = [0xff, 0xed, 0, 6, ...new TextEncoder().encode('8BIM')];
const COMMENT = [0xff, 0xfe, 0, 4, 8, 8];
const SCAN = [0xff, 0xda, 0, 2, 0xff, 0xe1, 9, 9];

it('Exif, IPTC and comments are left out, and nothing else; what looks like it among the pixels stays', () => {
  expect([
    ...withoutNotes(Uint8Array.from([...START, ...JFIF, ...EXIF, ...PROFILE, ...IPTC, ...COMMENT, ...SCAN])),
  ]).toEqual([...START, ...JFIF, ...PROFILE, ...SCAN]);
  const plain = Uint8Array.from([...START, ...JFIF, ...SCAN]);
  expect(withoutNotes(plain)).toEqual(plain);
});
