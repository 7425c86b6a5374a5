/**
 * Files of a message. The document holds what is needed to show a message before its bytes are there, and never the bytes:
 * those are uploaded first (`schema/http/files.ts`), by the author and for this conversation, and go with the message.
 */
import {
  MAX_FILE_NAME_CHARACTERS,
  MAX_FILE_PREVIEW_CHARACTERS,
  MAX_FILE_SIDE_PX,
  MAX_VOICE_MS,
  preview,
  VOICE_PEAKS,
} from '../limits.ts';

declare const brand: unique symbol;

/** Made by the server when an upload begins; it can be guessed by nobody, and knowing it opens nothing. */
export type FileId = string & { readonly [brand]: 'FileId' };

/** An entry of a message's `files`. Name, type and size are what the upload was begun with. */
export interface MessageFile {
  readonly id: FileId;
  /** As it was called on the sender's device. */
  readonly name: string;
  /** Media type as the sender's device says, without parameters; what is served is judged by the bytes. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** Of a picture, in px as it is shown; both or none. */
  readonly width?: number;
  readonly height?: number;
  /** Of a picture: a few pixels of it as a `data:` address, shown until the bytes are there. */
  readonly preview?: string;
  /** Of a voice message: ms, and how loud it is from its beginning to its end, each from 0 to `v` (32 steps); both or none. */
  readonly duration?: number;
  readonly peaks?: string;
}

const ID = /^[0-9a-z]{25}$/;
/** RFC 6838, in small letters. */
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;
const PREVIEW = /^data:image\/(?:webp|jpeg|png);base64,[A-Za-z0-9+/]+={0,2}$/;
const PEAKS = new RegExp(`^[0-9a-v]{${VOICE_PEAKS}}$`);
/** What would break a line, a header or a path; and half characters. */
const FORBIDDEN = /[\p{Cc}\p{Surrogate}/\\\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

export const isFileId = (text: string): text is FileId => ID.test(text);
export const isFileType = (text: string): boolean => TYPE.test(text);
export const isFileName = (text: string): boolean =>
  text !== '' && text.length <= MAX_FILE_NAME_CHARACTERS && !FORBIDDEN.test(text);
export const isFilePreview = (text: string): boolean =>
  text.length <= MAX_FILE_PREVIEW_CHARACTERS && PREVIEW.test(text);
export const isFileSide = (side: number): boolean => Number.isInteger(side) && side >= 1 && side <= MAX_FILE_SIDE_PX;
export const isVoiceDuration = (ms: number): boolean => Number.isInteger(ms) && ms >= 1 && ms <= MAX_VOICE_MS;
export const isVoicePeaks = (text: string): boolean => PEAKS.test(text);

/** A name that every replica takes, as near to the given one as can be; the ending stays. */
export function toFileName(name: string): string {
  const clean = name.replace(new RegExp(FORBIDDEN.source, 'gu'), '_').trim();
  if (clean.length <= MAX_FILE_NAME_CHARACTERS) return clean || 'file';
  const ending = /\.\w{1,16}$/.exec(clean)?.[0] ?? '';
  return clean.slice(0, MAX_FILE_NAME_CHARACTERS - ending.length).replace(/\p{Surrogate}$/u, '') + ending;
}

/** A media type that every replica takes: without parameters, and that of unknown bytes when it is none. */
export function toFileType(type: string): string {
  const plain = (type.split(';')[0] ?? '').trim().toLowerCase();
  return isFileType(plain) ? plain : 'application/octet-stream';
}

export const isPicture = ({ type }: Pick<MessageFile, 'type'>): boolean => type.startsWith('image/');
export const isVoice = ({ peaks }: Pick<MessageFile, 'peaks'>): boolean => peaks !== undefined;

/** Minutes and seconds as on a watch: `0:07`, `12:40`. */
export function clockDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The preview of a picture without words. */
export const PICTURE_ALONE = '📷 Photo';
const VOICE_ALONE = /^🎤 Voice message, (\d+:\d\d)$/u;

/** What a list or a notice shows of a message: its text, else what comes with it. */
export function previewOf({ text, files }: { readonly text: string; readonly files?: readonly MessageFile[] }): string {
  const [file] = files ?? [];
  if (!file) return preview(text);
  if (isVoice(file)) return preview(`🎤 ${text || `Voice message, ${clockDuration(file.duration ?? 0)}`}`);
  if (isPicture(file)) return text ? preview(`📷 ${text}`) : PICTURE_ALONE;
  return preview(`📎 ${text || file.name}`);
}

/** What a preview names because there are no words. Who shows it says it in the reader's language. */
export type Wordless = { readonly is: 'picture' } | { readonly is: 'voice'; readonly time: string };

export function wordlessIn(preview: string): Wordless | undefined {
  if (preview === PICTURE_ALONE) return { is: 'picture' };
  const time = VOICE_ALONE.exec(preview)?.[1];
  return time === undefined ? undefined : { is: 'voice', time };
}
