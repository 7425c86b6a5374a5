/**
 * What bytes are as a picture: JPEG, PNG or WebP by their structure, still, not larger than it is ever shown, so that it costs nobody's device
 * hundreds of megabytes, and with nothing in it but what is needed to show it: no Exif, XMP, IPTC or comments, which say where it was taken,
 * and nothing behind its end. Anything that is not known to be harmless is refused. It decodes no pixels.
 */

export type PictureType = 'image/jpeg' | 'image/png' | 'image/webp';

/** Three times what our app sends; as pixels 4 MiB. */
const MAX_PICTURE_PX = 1024;

/** Undefined for everything else. */
export function pictureType(bytes: Buffer): PictureType | undefined {
  try {
    if (bytes.subarray(0, 8).equals(PNG)) return isSoundPng(bytes) ? 'image/png' : undefined;
    if (bytes.readUInt16BE(0) === 0xffd8) return isSoundJpeg(bytes) ? 'image/jpeg' : undefined;
    if (fourCc(bytes, 0) === 'RIFF' && fourCc(bytes, 8) === 'WEBP')
      return isSoundWebp(bytes) ? 'image/webp' : undefined;
  } catch (error) {
    // A length that leads beyond the end.
    if (!(error instanceof RangeError)) throw error;
  }
  return undefined;
}

const hasSize = (width: number, height: number): boolean =>
  width > 0 && height > 0 && width <= MAX_PICTURE_PX && height <= MAX_PICTURE_PX;

const fourCc = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + 4);

const PNG = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

/** Not the chunks of texts, times, Exif and animation. https://www.w3.org/TR/png-3/#4Concepts.FormatTypes */
const PNG_CHUNKS = new Set('IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs'.split(' '));

function isSoundPng(bytes: Buffer): boolean {
  if (fourCc(bytes, 12) !== 'IHDR' || !hasSize(bytes.readUInt32BE(16), bytes.readUInt32BE(20))) return false;
  for (let at = PNG.length; ; ) {
    const [end, name] = [at + bytes.readUInt32BE(at) + 12, fourCc(bytes, at + 4)];
    // A second header could say another size.
    if (!PNG_CHUNKS.has(name) || (name === 'IHDR' && at > PNG.length)) return false;
    if (name === 'IEND') return end === bytes.length;
    at = end;
  }
}

/** What may stand in a JPEG beside the picture: JFIF, a colour profile, and how Adobe encodes colours. */
const JPEG_NOTES = new Map([
  [0xe0, 'JFIF\0'],
  [0xe2, 'ICC_PROFILE\0'],
  [0xee, 'Adobe'],
]);

function isKnownNote(bytes: Buffer, at: number): boolean {
  const name = JPEG_NOTES.get(bytes.readUInt8(at + 1));
  return name !== undefined && bytes.toString('latin1', at + 4, at + 4 + name.length) === name;
}

/** Frame headers, all but those of tables and arithmetic conditioning that lie between. https://www.w3.org/Graphics/JPEG/itu-t81.pdf, B.1.1.3 */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

function isSoundJpeg(bytes: Buffer): boolean {
  let frames = 0;
  for (let at = 2; ; ) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes.readUInt8(at + 1);
    // Bytes that fill up to a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) return frames === 1 && at + 2 === bytes.length;
    const isNote = (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
    if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd8) || (isNote && !isKnownNote(bytes, at))) return false;
    if (isFrame(marker) && (++frames > 1 || !hasSize(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5))))
      return false;
    at += 2 + bytes.readUInt16BE(at + 2);
    if (marker === 0xda) at = endOfScan(bytes, at);
  }
}

/** Where the pixels of a scan end and the next marker stands. */
function endOfScan(bytes: Buffer, begin: number): number {
  for (let at = bytes.indexOf(0xff, begin); at >= 0; at = bytes.indexOf(0xff, at + 2)) {
    const next = bytes.readUInt8(at + 1);
    // An escaped 0xff, or a mark from which decoders go on after damage.
    if (next !== 0 && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  throw new RangeError('The scan has no end');
}

/** Not EXIF, XMP, ANIM and ANMF. https://developers.google.com/speed/webp/docs/riff_container */
const WEBP_CHUNKS = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ICCP']);
const FLAGS_OF_OTHERS = 0x02 | 0x04 | 0x08;

function isSoundWebp(bytes: Buffer): boolean {
  if (bytes.readUInt32LE(4) + 8 !== bytes.length) return false;
  let pictures = 0;
  for (let at = 12; at < bytes.length; ) {
    const [name, size, data] = [fourCc(bytes, at), bytes.readUInt32LE(at + 4), at + 8];
    if (!WEBP_CHUNKS.has(name) || data + size > bytes.length) return false;
    if (name === 'VP8X' && (at > 12 || !isSoundVp8x(bytes, data))) return false;
    if (name === 'VP8 ' && !hasSize(bytes.readUInt16LE(data + 6) & 0x3fff, bytes.readUInt16LE(data + 8) & 0x3fff))
      return false;
    if (name === 'VP8L' && !isSoundVp8l(bytes.readUInt32LE(data + 1))) return false;
    if (name === 'VP8 ' || name === 'VP8L') pictures++;
    at = data + size + (size % 2);
  }
  return pictures === 1;
}

const isSoundVp8x = (bytes: Buffer, data: number): boolean =>
  (bytes.readUInt8(data) & FLAGS_OF_OTHERS) === 0 &&
  hasSize(bytes.readUIntLE(data + 4, 3) + 1, bytes.readUIntLE(data + 7, 3) + 1);

const isSoundVp8l = (sizes: number): boolean => hasSize((sizes & 0x3fff) + 1, ((sizes >> 14) & 0x3fff) + 1);
