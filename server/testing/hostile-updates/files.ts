/** Messages whose files are none, or not quite; `server/room/read-files.test.ts` has all the shapes. */
import { begin, message } from './vocabulary.ts';

const { list, hostile } = begin();

const file = { id: 'a'.repeat(25), name: 'a.png', type: 'image/png', size: 1 };
const withFiles = (name: string, files: unknown) =>
  hostile(
    name,
    message(() => ({ files })),
  );

withFiles('a message with an empty list of files', []);
withFiles('a file with a key that no file has', [{ ...file, url: 'https://evil.example/' }]);
withFiles('a file with a name of a megabyte', [{ ...file, name: 'x'.repeat(1024 * 1024) }]);
withFiles('a file with a picture of elsewhere as its preview', [
  { ...file, preview: 'https://evil.example/pixel.png' },
]);
const voice = { ...file, name: 'a.webm', type: 'audio/webm', duration: 1_000, peaks: '0'.repeat(48) };
withFiles('a voice message without an end', [{ ...voice, duration: Number.POSITIVE_INFINITY }]);
withFiles('a voice message of no number of milliseconds', [{ ...voice, duration: Number.NaN }]);
withFiles('a voice message of a year', [{ ...voice, duration: 31_536_000_000 }]);
withFiles('a voice message with a megabyte of peaks', [{ ...voice, peaks: 'v'.repeat(1024 * 1024) }]);
withFiles('a voice message that is a page', [{ ...voice, type: 'text/html' }]);
withFiles('a file that stands twice in a message', [file, file]);
hostile(
  'an edit that brings files',
  message(({ attackerWriter }, clock) => ({ edit: `${attackerWriter.toString(36)}-${clock}`, files: [file] })),
);

export const FILES = list;
