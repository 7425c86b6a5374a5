/**
 * Files of messages. Bytes come by the tus protocol (creation, HEAD, PATCH, DELETE), which a client can go on with after any break, and go out
 * to whoever is a member at that moment. Served is what the bytes are and never what the sender says, and nothing that a
 * browser could run.
 */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { Metadata, Server as Tus } from '@tus/server';
import type { Context } from 'hono';
import { type FileId, isFileName, isFileType } from '../../schema/document/files.ts';
import {
  abandonUpload,
  completeUpload,
  findOwnUpload,
  findReadableFile,
  insertUpload,
  type ReadableFile,
} from '../files/file-rows.ts';
import { SNIFFED_BYTES, servedAs, sniff } from '../files/sniff.ts';
import { disposition } from './attachment.ts';
import { byteRange } from './byte-range.ts';
import { isMember } from './conversation-rows.ts';
import { createRoutes, type Environment, type HttpDependencies } from './environment.ts';
import { NOT_FOUND } from './membership.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { problems, securityOf } from './responses.ts';

const PATH = '/api/files';
const STORE_FAILED = 'The store of files cannot be reached or written at the moment';
const tags = ['files'];
const params = z.object({ id: z.string().max(64) });
const version = z.literal('1.0.0').openapi({ description: 'The version of tus' });
const offset = z.object({ 'Upload-Offset': z.string().openapi({ description: 'How many bytes are there' }) });

/** Bodies of these requests are as long as files are. */
export const isUpload = ({ path, method }: { readonly path: string; readonly method: string }): boolean =>
  (path === PATH && method === 'POST') || (path.startsWith(`${PATH}/`) && method === 'PATCH');

const create = createRoute({
  method: 'post',
  path: PATH,
  tags,
  summary: 'Begin an upload',
  description:
    'By the tus protocol 1.0 (https://tus.io), with the extensions creation, creation-with-upload and termination. `Upload-Metadata` names `conversation`, `filename` and `filetype`. A message may name the file once all bytes are there: `{id, name, type, size}` as begun here. What no message names within a day is removed.',
  security: securityOf('write'),
  request: {
    headers: z.object({
      'tus-resumable': version,
      'upload-length': z.coerce.number().int().min(1),
      'upload-metadata': z.string().max(4_096),
    }),
  },
  responses: {
    201: {
      description: 'It may be sent to `Location`, whose last part is the id of the file',
      headers: z.object({ Location: z.string() }),
    },
    ...problems(403, 404, 413, 503),
  },
});

const send = createRoute({
  method: 'patch',
  path: `${PATH}/{id}`,
  tags,
  summary: 'Send bytes of an upload',
  description:
    'After a break, HEAD on the same address with `Tus-Resumable` answers in `Upload-Offset` where to go on.',
  security: securityOf('write'),
  request: {
    params,
    headers: z.object({ 'tus-resumable': version, 'upload-offset': z.coerce.number().int().min(0) }),
  },
  responses: { 204: { description: 'They are there', headers: offset }, ...problems(404, 409, 410, 413, 503) },
});

const abandon = createRoute({
  method: 'delete',
  path: `${PATH}/{id}`,
  tags,
  summary: 'Give up an upload',
  description: 'Only of what no message names. What a message names goes with the message.',
  security: securityOf('write'),
  request: { params },
  responses: { 204: { description: 'It is gone' }, ...problems(404) },
});

const file = { schema: z.string().openapi({ format: 'binary' }) };

const fetch = createRoute({
  method: 'get',
  path: `${PATH}/{id}`,
  tags,
  summary: 'The bytes of a file',
  description:
    'For members of its conversation, until its message is deleted. One `Range` is honoured. Never to be kept by caches: what is deleted must be gone.',
  security: securityOf('read'),
  request: {
    params,
    headers: z.object({ range: z.string().max(64).optional(), 'if-none-match': z.string().max(4_096).optional() }),
  },
  responses: {
    200: { description: 'All of it', content: { 'application/octet-stream': file, 'image/png': file } },
    206: { description: 'The range', content: { 'application/octet-stream': file, 'image/png': file } },
    304: { description: 'It is what the client has' },
    ...problems(404, 416, 503),
  },
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'projector' | 'blobs' | 'config' | 'log' | 'metrics'>;

export function fileRoutes({ pool, projector, blobs, config: { fileLimits }, log, metrics }: Dependencies) {
  const uploads = metrics.counter({ name: 'tidewire_uploaded_files_total', help: 'Uploads that were completed.' });
  const bytes = metrics.counter({ name: 'tidewire_uploaded_bytes_total', help: 'Bytes of completed uploads.' });
  /** The id that an upload was given, until tus asks for it. */
  const ids = new WeakMap<object, FileId>();
  let tus: Tus | undefined;
  const start = () =>
    new Tus({
      path: PATH,
      datastore: blobs.uploads,
      relativeLocation: true,
      maxSize: fileLimits.maxBytes,
      // No other origin has any business here.
      allowedOrigins: [],
      namingFunction: (request) => ids.get(request) ?? newId(),
      // What tus has no word for is a fault of the store.
      onResponseError(_, error) {
        if ('status_code' in error && error.status_code < 500) return undefined;
        log.warn({ err: error }, STORE_FAILED);
        return { status_code: 503, body: STORE_FAILED };
      },
    });

  /** What the store cannot do now it may do later. */
  async function stored<Value>(work: () => Value | Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (error) {
      log.warn({ err: error }, STORE_FAILED);
      throw new HttpProblem(503, { detail: STORE_FAILED });
    }
  }

  /** Lets tus answer; what it refuses becomes a problem. */
  async function speak(c: Context<Environment>): Promise<Response> {
    tus ??= await stored(start);
    const response = await tus.handleWeb(c.req.raw);
    if (response.status < 400) return response;
    const detail = (await response.text()).trim();
    return problemResponse(response.status, detail ? { detail } : {}, { 'tus-resumable': '1.0.0' });
  }

  async function requireOwnUpload(id: string, user: string) {
    const upload = await findOwnUpload(pool, { id, user });
    if (!upload) throw new HttpProblem(404, { detail: 'There is no such upload' });
    return upload;
  }

  /** All bytes are there, as the answer of tus says: now a message may name the file. */
  async function finish(id: FileId, size: number, answered: Response): Promise<void> {
    if (!answered.ok || answered.headers.get('upload-offset') !== `${size}`) return;
    const sniffed = await stored(async () => {
      const beginning = (await blobs.seal(id, size)) && (await blobs.open(id, { start: 0, end: SNIFFED_BYTES - 1 }));
      return beginning ? { type: await sniff(beginning) } : undefined;
    });
    if (!sniffed) {
      // Nothing will make it whole: who is told that it is gone begins anew.
      await abandonUpload(pool, id);
      throw new HttpProblem(410, { detail: 'The bytes of this upload are lost' });
    }
    if (!(await completeUpload(pool, id, sniffed.type)))
      throw new HttpProblem(404, { detail: 'There is no such upload' });
    uploads.inc();
    bytes.inc(size);
  }

  /** HEAD of tus: how much is there. */
  async function head(c: Context<Environment>, id: string): Promise<Response> {
    const upload = await requireOwnUpload(id, c.var.session.user);
    const answer = await speak(c);
    // A server may have died between the last byte and saying so.
    if (!upload.isComplete) await finish(upload.id, upload.size, answer);
    return answer;
  }

  return createRoutes()
    .openapi(create, async (c) => {
      const { user } = c.var.session;
      const { 'upload-length': size, 'upload-metadata': metadata } = c.req.valid('header');
      const { conversation, name, type } = requireMetadata(metadata);
      if (!(await isMember(pool, conversation, user))) throw new HttpProblem(404, NOT_FOUND);
      if (size > fileLimits.maxBytes)
        throw new HttpProblem(413, { detail: `A file may have ${fileLimits.maxBytes} bytes at most` });
      const id = newId();
      if (!(await insertUpload(pool, { id, user, conversation, name, type, size, quota: fileLimits.quotaBytes })))
        throw new HttpProblem(413, {
          detail: `All files of an account may have ${fileLimits.quotaBytes} bytes at most`,
        });
      ids.set(c.req.raw, id);
      const answer = await speak(c);
      await finish(id, size, answer);
      return answer as never;
    })
    .openapi(send, async (c) => {
      const { id, size } = await requireOwnUpload(c.req.valid('param').id, c.var.session.user);
      const answer = await speak(c);
      await finish(id, size, answer);
      return answer as never;
    })
    .openapi(abandon, async (c) => {
      const { id } = await requireOwnUpload(c.req.valid('param').id, c.var.session.user);
      await abandonUpload(pool, id);
      return c.body(null, 204);
    })
    .openapi(fetch, async (c) => {
      const { id } = c.req.valid('param');
      const { user } = c.var.session;
      if (c.req.method === 'HEAD' && c.req.header('tus-resumable')) return (await head(c, id)) as never;
      let found = await findReadableFile(pool, { id, user });
      if (found) {
        // A deletion that was committed counts, be it projected or not.
        await projector.project(found.conversation);
        found = await findReadableFile(pool, { id, user });
      }
      if (!found) throw new HttpProblem(404, { detail: 'There is no such file' });
      return (await serve(c, found)) as never;
    });

  async function serve(c: Context<Environment>, { id, name, size, sniffed }: ReadableFile): Promise<Response> {
    const { type, shown } = servedAs(sniffed);
    // Bytes never change under an id.
    const etag = `"${id}"`;
    const headers = {
      'content-type': type,
      'content-disposition': disposition(shown === 'inline' ? 'inline' : 'attachment', name),
      'content-security-policy': "sandbox; default-src 'none'",
      'accept-ranges': 'bytes',
      etag,
    };
    if (c.req.header('if-none-match')?.includes(etag)) return c.body(null, 304, headers);
    const range = byteRange(c.req.header('range'), size);
    if (range === 'beyond') return problemResponse(416, {}, { 'content-range': `bytes */${size}` });
    const { start, end } = range ?? { start: 0, end: size - 1 };
    const isWanted = c.req.method !== 'HEAD';
    const bytes = isWanted ? await stored(() => blobs.open(id, { start, end })) : undefined;
    if (isWanted && !bytes) {
      log.error({ file: id }, 'the bytes of a file are lost');
      throw new HttpProblem(404, { detail: 'The bytes of this file are lost' });
    }
    const part = range && { 'content-range': `bytes ${start}-${end}/${size}` };
    return new Response(bytes ? (Readable.toWeb(bytes) as ReadableStream) : null, {
      status: range ? 206 : 200,
      headers: { ...headers, ...part, 'content-length': `${end - start + 1}` },
    });
  }
}

/** 129 bits: nobody guesses one. */
const newId = (): FileId =>
  BigInt(`0x${randomBytes(17).toString('hex')}`)
    .toString(36)
    .padStart(25, '0')
    .slice(-25) as FileId;

function requireMetadata(header: string): { conversation: string; name: string; type: string } {
  let metadata: Record<string, string | null>;
  try {
    metadata = Metadata.parse(header);
  } catch {
    throw new HttpProblem(400, { detail: 'Upload-Metadata cannot be read' });
  }
  const { conversation, filename: name, filetype: type } = metadata;
  if (!conversation || !name || !type || !isFileName(name) || !isFileType(type))
    throw new HttpProblem(400, { detail: 'Upload-Metadata must name conversation, filename and filetype' });
  return { conversation, name, type };
}
