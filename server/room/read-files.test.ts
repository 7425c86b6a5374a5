/** Which lists of files a message may carry: all shapes, as bytes. */
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import { toFileName, toFileType } from '../../schema/document/files.ts';
import { MAX_FILE_NAME_CHARACTERS, MAX_FILE_PREVIEW_CHARACTERS, MAX_MESSAGE_FILES } from '../../schema/limits.ts';
import { MalformedUpdate } from './malformed-update.ts';
import { readFiles } from './read-files.ts';

const file = { id: '0123456789abcdefghijklmno', name: 'a.png', type: 'image/png', size: 70_000 };
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
