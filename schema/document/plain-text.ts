/**
 * Texts as they read without formatting: for lists, notifications and everything else that shows a line of a message. A message is
 * plain text, in which a few signs of Markdown mean something to those who show them; see `client/ui/markup`. A
 * mention is a link to a person, `[@Ana Berg](user:<id>)`: it names one exactly, and reads well where nobody knows it.
 */
import type { UserId } from '../ids.ts';
import { MAX_PREVIEW_CHARACTERS, preview } from '../limits.ts';
import { previewOf } from './files.ts';

const USER_ADDRESS = /^user:([A-Za-z0-9_-]{1,64})$/;

/** Whose address it is; undefined for others. */
export const mentionedUser = (address: string): UserId | undefined =>
  USER_ADDRESS.exec(address)?.[1] as UserId | undefined;

/** How a text names a person. Brackets in a name would end it too early. */
export const mention = (user: UserId, name: string): string =>
  `[@${name.replaceAll(/[[\]\n]/g, ' ').trim()}](user:${user})`;

/** Whether a text names this person. */
export const mentions = (text: string, user: UserId): boolean => text.includes(`](user:${user})`);

const SIGNS = /[*_~`>]|\]\(/;

const CODE = /(```[^\n`]*\n[\s\S]*?```|`[^`\n]+`)/;
/** A preview may end in the middle of a target. */
const LABELLED = /\[([^[\]\n]{1,300})\]\((?:https?:|mailto:|user:)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*(?:\)|…$)/g;
const QUOTED = /^ {0,3}(?:> ?)+/gm;
/** Around words, and not longer than a paragraph. */
const EMPHASIZED = /(?<![\p{L}\p{N}\\*_~])(\*\*|__|~~|\*|_|~)(?=\S)([^\n]{0,300}?[^\s\\])\1(?![\p{L}\p{N}*_~])/gu;
/** Bold in italic in struck out. */
const NESTED = 3;

/** Signs take away some of it. */
const MAX_PREVIEWED = 4 * MAX_PREVIEW_CHARACTERS;

/** The start of a text, for a line in a list or a notification. */
export const plainPreview = (text: string): string => preview(plainText(text.slice(0, MAX_PREVIEWED)));

/** The same of a message, which may have files and no words. */
export const plainPreviewOf = (message: Parameters<typeof previewOf>[0]): string =>
  previewOf({ ...message, text: plainPreview(message.text) });

/** The text without signs of formatting: close to what is shown of it. */
export function plainText(text: string): string {
  if (!SIGNS.test(text)) return text;
  return text
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part.replace(/^```[^\n`]*\n|^`|\n?```$|`$/g, '') : withoutSigns(part)))
    .join('');
}

function withoutSigns(text: string): string {
  let plain = text.replace(QUOTED, '').replace(LABELLED, '$1');
  for (let times = 0; times < NESTED; times++) plain = plain.replace(EMPHASIZED, '$2');
  return plain;
}
