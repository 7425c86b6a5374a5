/**
 * What a file is, by its first bytes: what its sender says is for showing, this is for serving. Only types that no browser runs are ever
 * shown in a page of ours; everything else is saved.
 */
import type { Readable } from 'node:stream';
import { fileTypeFromBuffer } from 'file-type';

/** What file-type asks for. */
export const SNIFFED_BYTES = 4_100;

/** Pictures, sounds and films. Not SVG and PDF, which hold scripts. */
const INLINE = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/webm',
  'video/mp4',
  'video/webm',
]);

/** Undefined when the bytes do not say. */
export async function sniff(beginning: Readable): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of beginning) chunks.push(chunk as Uint8Array);
  return (await fileTypeFromBuffer(Buffer.concat(chunks)))?.mime.split(';')[0];
}

/** How a file is served. */
export const servedAs = (sniffed: string | null): { readonly type: string; readonly shown: 'inline' | 'saved' } =>
  sniffed !== null && INLINE.has(sniffed)
    ? { type: sniffed, shown: 'inline' }
    : { type: 'application/octet-stream', shown: 'saved' };
