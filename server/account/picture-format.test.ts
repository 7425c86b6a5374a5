/** Pictures as browsers write them are taken; whatever is more, larger or other than a picture is not. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pictureType } from './picture-format.ts';

const from = (base64: string): Buffer => Buffer.from(base64, 'base64');

/** Eight pixels square, from the canvas of Chromium 138. */
const JPEG = from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAYEBQYFBAYGBQYHBwYIChAKCgkJChQODwwQFxQYGBcUFhYaHSUfGhsjHBYWICwgIyYnKSopGR8tMC0oMCUoKSj/2wBDAQcHBwoIChMKChMoGhYaKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCj/wAARCAAIAAgDASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAf/xAAfEAABBAEFAQAAAAAAAAAAAAABAAIDBAURITJBUfD/xAAVAQEBAAAAAAAAAAAAAAAAAAAEB//EAB8RAAIBBAIDAAAAAAAAAAAAAAECBAADBREGYYGRsf/aAAwDAQACEQMRAD8Ak8GWiq5OG1brstsjcHGF/F+nR+I9BGyIipmP4zjZUdDet712R8pmeZpMsvcZvDMo9KwFf//Z',
);
const WEBP = from(
  'UklGRpIAAABXRUJQVlA4WAoAAAAQAAAABwAABwAAQUxQSBkAAAABD/Cz/4iIoBAAAgQllMRySfQ0IvofEeH/AFZQOCBSAAAA0AEAnQEqCAAIAALATCWwAnQA9I379kAA/uyLi1bx66RRMv4f5MgXPETE/OacPOtPU+8P90+IP/59Cf6dn6y3UblMZ7obVn3/0cmf0b+nZ+gAAA==',
);
const LOSSLESS = from(
  'UklGRoQAAABXRUJQVlA4THgAAAAvB8ABAM9gkG2katyRPPVjPclDqA2AtE2CpjfYYiQAEjjlEE+6wUkmIFnnvwisM99itDcyBDYgkncOEg6EO6tZgNgQSIDyDxQEAJIAdnfwf6qOiOh/F5jvHq1k5jVryf18SvQpIj2NiKaWnLzVquQYrJEiR++0EgA=',
);
const PNG = from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAYAAADED76LAAAAlUlEQVR4AXyNIQ7CQBBFf8YT6ki5wBoEwYDkCASHQ+FIEPidPQF6FUfgCNii0L3ANrhyAsjftM22opP8ZDLvzYyEPP8xbyz1ia0+sNM7jnrDRRWqgqZqZEjzRYZF8FY+1cyVlXFD6MPEnnGFpIA9N/3mZLE/gNUTCGtMOY8x85XrhBbyyrp4OVOU8W0UUkghjYxBin8AAAD//3sCnLAAAAAGSURBVAMAy1FICqIlav0AAAAASUVORK5CYII=',
);

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

function big(size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

/** With bytes put in at a place, or in the place of others. */
const splice = (bytes: Buffer, at: number, put: Buffer, instead = 0): Buffer =>
  Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + instead)]);

const chunk = (name: string, data: Buffer): Buffer =>
  Buffer.concat([big(4, data.length), latin(name), data, Buffer.alloc(4)]);

const segment = (marker: number, data: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker]), big(2, data.length + 2), data]);

/** As RIFF files are: the first length is that of all. */
function riff(bytes: Buffer, more: Buffer): Buffer {
  const all = Buffer.concat([bytes, more]);
  all.writeUInt32LE(all.length - 8, 4);
  return all;
}

function riffChunk(name: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([latin(name), size, data]);
}

const at = (bytes: Buffer, change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
};

test('[A15] what browsers write is taken', () => {
  expect([JPEG, WEBP, LOSSLESS, PNG].map(pictureType)).toEqual(['image/jpeg', 'image/webp', 'image/webp', 'image/png']);
  const profile = segment(0xe2, latin('ICC_PROFILE\0\x01\x01'));
  expect(pictureType(splice(JPEG, 2, profile))).toBe('image/jpeg');
  expect(pictureType(splice(PNG, 33, chunk('iCCP', latin('sRGB\0\0'))))).toBe('image/png');
});

test('[A15] what says where it was taken, or anything else in words, is refused', () => {
  const where = latin('52.52 N, 13.40 E');
  const refused: Record<string, Buffer> = {
    'Exif in a JPEG': splice(JPEG, 2, segment(0xe1, latin('Exif\0\0'))),
    'XMP in a JPEG': splice(JPEG, 2, segment(0xe1, latin('http://ns.adobe.com/xap/1.0/\0'))),
    'IPTC in a JPEG': splice(JPEG, 2, segment(0xed, latin('Photoshop 3.0\0'))),
    'a comment in a JPEG': splice(JPEG, 2, segment(0xfe, where)),
    'several pictures in a JPEG': splice(JPEG, 2, segment(0xe2, latin('MPF\0'))),
    'Exif behind the pixels of a JPEG': splice(JPEG, JPEG.length - 2, segment(0xe1, latin('Exif\0\0'))),
    'words behind the end of a JPEG': Buffer.concat([JPEG, where]),
    ...Object.fromEntries(
      ['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME', 'acTL', 'miNE'].map((name) => [
        `${name} in a PNG`,
        splice(PNG, 33, chunk(name, where)),
      ]),
    ),
    'words behind the end of a PNG': Buffer.concat([PNG, where]),
    'Exif in a WebP': riff(WEBP, riffChunk('EXIF', where)),
    'XMP in a WebP': riff(WEBP, riffChunk('XMP ', where)),
    'a WebP that says it has Exif': at(WEBP, (copy) => copy.writeUInt8(0x08, 20)),
    'an animated WebP': at(WEBP, (copy) => copy.writeUInt8(0x02, 20)),
    'words behind the end of a WebP': Buffer.concat([WEBP, where]),
    'two pictures in a WebP': riff(WEBP, LOSSLESS.subarray(12)),
  };
  for (const [what, bytes] of Object.entries(refused)) expect(pictureType(bytes), what).toBeUndefined();
});

test('[A15] a few bytes that would be gigabytes of pixels are refused', () => {
  const frame = JPEG.indexOf(Buffer.from([0xff, 0xc0]));
  const vp8 = WEBP.indexOf('VP8 ') + 8;
  const bombs: Record<string, Buffer> = {
    PNG: at(PNG, (copy) => copy.writeUInt32BE(60_000, 16)),
    'a PNG of no height': at(PNG, (copy) => copy.writeUInt32BE(0, 20)),
    'a PNG with a second header': splice(
      PNG,
      33,
      chunk('IHDR', Buffer.concat([big(4, 60_000), big(4, 60_000), Buffer.alloc(5)])),
    ),
    JPEG: at(JPEG, (copy) => copy.writeUInt16BE(65_000, frame + 5)),
    'a JPEG that says its height later': at(JPEG, (copy) => copy.writeUInt16BE(0, frame + 5)),
    'a JPEG with a second frame': splice(JPEG, frame, JPEG.subarray(frame, frame + 19)),
    'WebP, by its canvas': at(WEBP, (copy) => copy.writeUIntLE(0xfffffe, 24, 3)),
    'WebP, by its pixels': at(WEBP, (copy) => copy.writeUInt16LE(16_383, vp8 + 6)),
    'WebP without loss': at(LOSSLESS, (copy) => copy.writeUInt32LE(0x0fffffff, 21)),
  };
  for (const [what, bytes] of Object.entries(bombs)) expect(pictureType(bytes), what).toBeUndefined();
});

test('[A15] what is no picture is refused, also when it begins like one', () => {
  for (const text of [
    '',
    'G',
    'GIF89a',
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<!doctype html>',
    '\x89PNG\r\n\x1a\n',
    'RIFF\0\0\0\0WEBP',
    '\xff\xd8\xff\xd9',
  ])
    expect(pictureType(latin(text)), text).toBeUndefined();
  for (const whole of [JPEG, WEBP, LOSSLESS, PNG])
    for (let length = 0; length < whole.length; length++)
      expect(pictureType(whole.subarray(0, length)), `${length} bytes`).toBeUndefined();
});

test('[A15] damaged pictures are judged, and never fail', () => {
  const damage = fc.array(fc.tuple(fc.nat(10_000), fc.nat(255)), { maxLength: 6 });
  const run = fc.property(fc.constantFrom(JPEG, WEBP, LOSSLESS, PNG), damage, (whole, changes) => {
    const type = pictureType(
      at(whole, (copy) => {
        for (const [place, byte] of changes) copy.writeUInt8(byte, place % copy.length);
      }),
    );
    expect(['image/jpeg', 'image/webp', 'image/png', undefined]).toContain(type);
  });
  fc.assert(run, { numRuns: 2_000 });
});
