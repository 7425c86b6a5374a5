/** Notifications in the languages of the app. */
import { expect, it } from 'vitest';
import { LANGUAGES } from '../../schema/document/account.ts';
import { type FileId, PICTURE_ALONE, previewOf } from '../../schema/document/files.ts';
import { NEUTRAL_BODY } from '../../schema/http/push-body.ts';
import { wordsIn } from './words.ts';

it('each language counts, and says by itself what the server composes', () => {
  expect(LANGUAGES.map((language) => wordsIn(language).messages(3))).toEqual([
    '3 new messages',
    '3 neue Nachrichten',
    '3 mensajes nuevos',
    '3 رسائل جديدة',
  ]);
  const { body, messages } = wordsIn('ar');
  const sound = {
    id: 'v' as FileId,
    name: 'v.webm',
    type: 'audio/webm',
    size: 1,
    duration: 12_400,
    peaks: '0'.repeat(48),
  };
  const voice = previewOf({ text: '', files: [sound] });
  expect([NEUTRAL_BODY, PICTURE_ALONE, 'Photo', voice].map(body)).toEqual([
    'رسالة جديدة',
    '📷 صورة',
    'Photo',
    '🎤 رسالة صوتية، 0:12',
  ]);
  expect([2, 11].map(messages)).toEqual(['رسالتان جديدتان', '11 رسالة جديدة']);
});
