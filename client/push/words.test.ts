/** Notifications in the languages of the app. */
import { expect, it } from 'vitest';
import { LANGUAGES } from '../../schema/document/account.ts';
import { PICTURE_ALONE } from '../../schema/document/files.ts';
import { NEUTRAL, wordsIn } from './words.ts';

it('each language counts, and says by itself what the server composes', () => {
  expect(LANGUAGES.map((language) => wordsIn(language).messages(3))).toEqual([
    '3 new messages',
    '3 neue Nachrichten',
    '3 mensajes nuevos',
    '3 رسائل جديدة',
  ]);
  const { body, messages } = wordsIn('ar');
  expect([NEUTRAL, PICTURE_ALONE, 'Photo'].map(body)).toEqual(['رسالة جديدة', '📷 صورة', 'Photo']);
  expect([2, 11].map(messages)).toEqual(['رسالتان جديدتان', '11 رسالة جديدة']);
});
