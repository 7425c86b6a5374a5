/** Which lists of files a message may carry: all shapes, as bytes. */
import fc from 'fast-check';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import { toFileName, toFileType } from '../../schema/document/files.ts';
import {
  MAX_FILE_NAME_CHARACTERS,
  MAX_FILE_PREVIEW_CHARACTERS,
  MAX_MESSAGE_FILES,
  MAX_VOICE_MS,
  VOICE_PEAKS,
} from '../../schema/limits.ts';
import { MalformedUpdate } from './malformed-update.ts';
import { readFiles } from './read-files.ts';

const file = { id: '0123456789abcdefghijklmno', name: 'a.png', type: 'image/png', size: 70_000 };
const voice = {
  ...file,
  name: 'voice.webm',
  type: 'audio/webm',
  duration: 12_400,
  peaks: '0v'.repeat(VOICE_PEAKS / 2),
};
const { peaks, ...soundless } = voice;
const preview = 'data:image/webp;base64,UklGRhQAAABXRUJQ';

function read(value: unknown): unknown {
  const bytes = encoding.encode((encoder) => encoding.writeAny(encoder, value as encoding.AnyEncodable));
  const decoder = decoding.createDecoder(bytes);
  const files = readFiles(decoder, () => decoding.readVarUint(decoder));
  expect(decoding.hasContent(decoder)).toBe(false);
  return files;
}

describe('files of a message', () => {
  test.each([
    ['one', [file]],
    ['a picture', [{ ...file, width: 4032, height: 3024, preview }]],
    [
      'as many as may be',
      Array.from({ length: MAX_MESSAGE_FILES }, (_, n) => ({ ...file, id: `${n}`.padStart(25, '0') })),
    ],
    ['a name in any script', [{ ...file, name: 'Übersicht 概要 📎.pdf' }]],
    ['a voice message', [voice]],
    ['the longest voice message', [{ ...voice, duration: MAX_VOICE_MS }]],
    ['one of a terabyte', [{ ...file, size: 2 ** 40 }]],
  ])('are read as they were written: %s', (_, files) => {
    expect(read(files)).toEqual(files);
  });

  test.each<[string, unknown]>([
    ['no list', file],
    ['an empty list', []],
    [
      'one too many',
      Array.from({ length: MAX_MESSAGE_FILES + 1 }, (_, n) => ({ ...file, id: `${n}`.padStart(25, '0') })),
    ],
    ['the same twice', [file, file]],
    ['text', ['file']],
    ['a list of lists', [[file]]],
    ['no id', [{ ...file, id: undefined }]],
    ['an id that is a path', [{ ...file, id: '../../../etc/passwd000000' }]],
    ['an unknown key', [{ ...file, url: 'x' }]],
    ['the key constructor', [{ ...file, constructor: 'x' }]],
    ['an empty name', [{ ...file, name: '' }]],
    ['a long name', [{ ...file, name: 'x'.repeat(MAX_FILE_NAME_CHARACTERS + 1) }]],
    ['a name that is a path', [{ ...file, name: '../a' }]],
    ['a name of two lines', [{ ...file, name: 'a\nb' }]],
    ['a name that runs backwards', [{ ...file, name: 'a\u202egnp.exe' }]],
    ['a type with parameters', [{ ...file, type: 'text/html; charset=utf-8' }]],
    ['a type that is none', [{ ...file, type: 'png' }]],
    ['no bytes', [{ ...file, size: 0 }]],
    ['half a byte', [{ ...file, size: 1.5 }]],
    ['fewer than none', [{ ...file, size: -1 }]],
    ['a width alone', [{ ...file, width: 1 }]],
    ['no width', [{ ...file, width: 0, height: 1 }]],
    ['a width that no browser shows', [{ ...file, width: 1, height: 1e6 }]],
    ['a duration alone', [soundless]],
    ['peaks alone', [{ ...file, type: 'audio/webm', peaks }]],
    ['the voice of a picture', [{ ...voice, type: 'image/png' }]],
    ['a voice message of no time', [{ ...voice, duration: 0 }]],
    ['one that runs backwards', [{ ...voice, duration: -1 }]],
    ['one of half a millisecond', [{ ...voice, duration: 0.5 }]],
    ['one of no number of milliseconds', [{ ...voice, duration: Number.NaN }]],
    ['one without an end', [{ ...voice, duration: Number.POSITIVE_INFINITY }]],
    ['one that is longer than may be', [{ ...voice, duration: MAX_VOICE_MS + 1 }]],
    ['one of centuries', [{ ...voice, duration: 8.64e15 }]],
    ['a duration in words', [{ ...voice, duration: '12' }]],
    ['no peaks', [{ ...voice, peaks: '' }]],
    ['a peak too few', [{ ...voice, peaks: peaks.slice(1) }]],
    ['a peak too many', [{ ...voice, peaks: `${peaks}0` }]],
    ['a megabyte of peaks', [{ ...voice, peaks: 'v'.repeat(2 ** 20) }]],
    ['peaks beyond the highest', [{ ...voice, peaks: `w${peaks.slice(1)}` }]],
    ['peaks that end a line', [{ ...voice, peaks: `${peaks}\n` }]],
    ['peaks as numbers', [{ ...voice, peaks: Array.from({ length: VOICE_PEAKS }, () => 1) }]],
    ['a preview from elsewhere', [{ ...file, preview: 'https://evil.example/x.png' }]],
    ['a preview that runs', [{ ...file, preview: 'data:image/svg+xml;base64,AAAA' }]],
    ['a long preview', [{ ...file, preview: `data:image/webp;base64,${'A'.repeat(MAX_FILE_PREVIEW_CHARACTERS)}` }]],
  ])('are refused as malformed: %s', (_, files) => {
    expect(() => read(files)).toThrow(MalformedUpdate);
  });
});

test('a name and a type from any device become some that every replica takes', () => {
  for (const name of [
    '',
    ' ',
    '../../etc/passwd',
    'a\0b',
    'x\ud83d',
    `${'é'.repeat(400)}.jpeg`,
    'ok.png',
    '\u202egnp.exe',
  ])
    for (const type of ['', 'image/PNG', 'text/html; charset=utf-8', 'nonsense', 'a/b/c'])
      expect(() => read([{ ...file, name: toFileName(name), type: toFileType(type) }])).not.toThrow();
  expect(toFileName(`${'é'.repeat(400)}.jpeg`)).toMatch(/é\.jpeg$/);
  expect(toFileType('image/PNG')).toBe('image/png');
});

/** Values that a hostile client may put anywhere, sound ones among them. */
const anything = fc.oneof(
  ...Object.values(voice).map((value) => fc.constant<unknown>(value)),
  fc.constantFrom<unknown>(preview, 1, 640, null, true, [], {}, Number.NaN, -0, 2 ** 53, Number.NEGATIVE_INFINITY),
  fc.double(),
  fc.integer(),
  fc.string({ unit: fc.constantFrom(...'09avw\u0000/:. ') }),
  fc.constantFrom(...'0vw').map((step) => step.repeat(VOICE_PEAKS)),
);
const keys = fc.constantFrom('id', 'name', 'type', 'size', 'width', 'height', 'preview', 'duration', 'peaks', 'other');

test('whatever stands in a file, it is read as it was written and within its bounds, or not at all', () => {
  const seen = { read: 0, refused: 0 };
  fc.assert(
    fc.property(fc.dictionary(keys, anything, { maxKeys: 3 }), fc.boolean(), (changes, isSound) => {
      const written = [{ ...(isSound ? voice : file), ...changes }];
      let found: unknown;
      try {
        found = read(written);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedUpdate);
        seen.refused += 1;
        return;
      }
      seen.read += 1;
      expect(found).toEqual(written);
      const [{ duration, peaks: steps, type, ...rest }] = found as [Record<string, unknown>];
      expect(rest).not.toHaveProperty('other');
      if (duration === undefined && steps === undefined) return;
      expect(type).toMatch(/^audio\//);
      expect(steps).toMatch(/^[0-9a-v]{48}$/);
      expect(Number.isSafeInteger(duration) && Number(duration) >= 1 && Number(duration) <= MAX_VOICE_MS).toBe(true);
    }),
    { numRuns: 400 },
  );
  expect(seen.read).toBeGreaterThan(20);
  expect(seen.refused).toBeGreaterThan(20);
});
