/** Uploading over HTTP as a client of tus does, in one piece. */
import type { FileId, MessageFile } from '../../schema/document/files.ts';

/** Sends one request as the owner of the file; `path` begins with `/api`. */
export type Send = (
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: Uint8Array<ArrayBuffer>,
) => Promise<Response>;

export interface UploadOptions {
  /** Without the epoch. */
  readonly conversation: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly name?: string;
  readonly type?: string;
}

const encode = (text: string): string => Buffer.from(text).toString('base64');

export function beginUpload(send: Send, options: UploadOptions): Promise<Response> {
  const { conversation, bytes, name = 'sea.png', type = 'image/png' } = options;
  return send('POST', '/api/files', {
    'tus-resumable': '1.0.0',
    'upload-length': `${bytes.length}`,
    'upload-metadata': `conversation ${encode(conversation)},filename ${encode(name)},filetype ${encode(type)}`,
  });
}

export function sendBytes(send: Send, id: string, bytes: Uint8Array<ArrayBuffer>, offset = 0): Promise<Response> {
  const headers = {
    'tus-resumable': '1.0.0',
    'upload-offset': `${offset}`,
    'content-type': 'application/offset+octet-stream',
    'content-length': `${bytes.length}`,
  };
  return send('PATCH', `/api/files/${id}`, headers, bytes);
}

/** The file as a message names it. Throws when the server does not take it. */
export async function upload(send: Send, options: UploadOptions): Promise<MessageFile> {
  const { bytes, name = 'sea.png', type = 'image/png' } = options;
  const begun = await beginUpload(send, options);
  if (begun.status !== 201) throw new Error(`The upload was refused: ${begun.status} ${await begun.text()}`);
  const id = begun.headers.get('location')?.split('/').at(-1) as FileId;
  const sent = await sendBytes(send, id, bytes);
  if (sent.status !== 204) throw new Error(`The bytes were refused: ${sent.status} ${await sent.text()}`);
  return { id, name, type, size: bytes.length };
}

/** The smallest picture, with words behind it by which it is found anywhere. */
export const pictureWith = (words: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    Buffer.concat([
      Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
        'base64',
      ),
      Buffer.from(words),
    ]),
  );
