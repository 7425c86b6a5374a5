/**
 * Reads the `files` of a message: exactly the keys and bounds of `schema/document/files.ts`. Whether there are such files, and
 * whose, is not judged here.
 */
import type * as decoding from 'lib0/decoding';
import {
  isFileId,
  isFileName,
  isFilePreview,
  isFileSide,
  isFileType,
  isVoiceDuration,
  isVoicePeaks,
  type MessageFile,
} from '../../schema/document/files.ts';
import { MAX_MESSAGE_FILES } from '../../schema/limits.ts';
import { MalformedUpdate } from './malformed-update.ts';
import { readKey, readNumber, readString, requireType, TYPE } from './read-any.ts';

/** Every key with its reader, which answers undefined for a value that no honest client writes. */
const READERS = {
  id: (decoder) => only(readString(decoder), isFileId),
  name: (decoder) => only(readString(decoder), isFileName),
  type: (decoder) => only(readString(decoder), isFileType),
  size: (decoder) => only(readNumber(decoder), (size) => Number.isSafeInteger(size) && size > 0),
  width: (decoder) => only(readNumber(decoder), isFileSide),
  height: (decoder) => only(readNumber(decoder), isFileSide),
  preview: (decoder) => only(readString(decoder), isFilePreview),
  duration: (decoder) => only(readNumber(decoder), isVoiceDuration),
  peaks: (decoder) => only(readString(decoder), isVoicePeaks),
} as const satisfies Record<keyof MessageFile, (decoder: decoding.Decoder) => string | number | undefined>;

const NEEDED = ['id', 'name', 'type', 'size'] as const;

/** `count` counts what follows against the limit of the whole update. Throws `MalformedUpdate`. */
export function readFiles(decoder: decoding.Decoder, count: () => number): readonly MessageFile[] {
  requireType(decoder, TYPE.array, 'files are no list');
  const length = count();
  if (length < 1 || length > MAX_MESSAGE_FILES) throw new MalformedUpdate('too many files, or none');
  const files: MessageFile[] = [];
  for (let left = length; left > 0; left--) files.push(readFile(decoder, count));
  if (new Set(files.map(({ id }) => id)).size < length) throw new MalformedUpdate('a file stands twice');
  return files;
}

function readFile(decoder: decoding.Decoder, count: () => number): MessageFile {
  requireType(decoder, TYPE.object, 'not a plain object');
  const file: Partial<Record<keyof MessageFile, string | number>> = {};
  for (let left = count(); left > 0; left--) {
    const key = readKey(decoder);
    if (!Object.hasOwn(READERS, key)) throw new MalformedUpdate('an unknown key of a file');
    if (Object.hasOwn(file, key)) throw new MalformedUpdate('a key stands twice');
    const value = READERS[key as keyof MessageFile](decoder);
    if (value === undefined) throw new MalformedUpdate(`a file with a bad ${key}`);
    file[key as keyof MessageFile] = value;
  }
  if (!NEEDED.every((key) => key in file)) throw new MalformedUpdate('not a file');
  if ('width' in file !== 'height' in file) throw new MalformedUpdate('half a size');
  if ('duration' in file !== 'peaks' in file) throw new MalformedUpdate('half a voice message');
  if ('peaks' in file && !`${file.type}`.startsWith('audio/'))
    throw new MalformedUpdate('the voice of what is no sound');
  return file as unknown as MessageFile;
}

const only = <Value>(value: Value, isGood: (value: Value) => boolean): Value | undefined =>
  isGood(value) ? value : undefined;
