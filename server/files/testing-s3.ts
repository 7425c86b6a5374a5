/**
 * For tests: a store that speaks the protocol of S3, s3rver, on a port of its own. What s3rver lacks of multipart uploads (to list parts, to
 * give one up, to say that there is none) is added in front of it; like S3 it refuses parts that are too small.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Config } from '../config.ts';

const require = createRequire(import.meta.url);

interface Context {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly req: { readonly socket: { destroy(): void } };
  status: number;
  type: string;
  body: string;
  respond: boolean;
}

type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

interface S3rver {
  readonly middleware: Middleware[];
  run(): Promise<{ readonly port: number }>;
  close(): Promise<void>;
}

const S3rverServer = require('s3rver') as new (options: object) => S3rver;

const BUCKET = 'files';
const MIN_PART_BYTES = 5 * 1024 * 1024;

/** Names a request by what it does, as the documentation of S3 does. */
export type S3Request = 'CompleteMultipartUpload' | 'any';

export async function startS3() {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-s3-'));
  const uploads = join(folder, BUCKET, '._S3rver_uploads');
  let failing: S3Request | undefined;
  const server = new S3rverServer({
    ...{ address: '127.0.0.1', port: 0, silent: true, directory: folder, vhostBuckets: false },
    configureBuckets: [{ name: BUCKET }],
  });

  const refuse = (context: Context, status: number, code: string) => {
    Object.assign(context, { status, type: 'application/xml', body: `<Error><Code>${code}</Code></Error>` });
  };

  const partsOf = async (upload: string) => {
    const names = await readdir(join(uploads, upload)).catch(() => undefined);
    const numbers = names?.filter((name) => /^\d+$/.test(name)).map(Number);
    return numbers?.sort((a, b) => a - b);
  };
  const sizeOf = async (upload: string, part: number) => (await stat(join(uploads, upload, `${part}`))).size;

  async function listParts(upload: string, parts: readonly number[]): Promise<string> {
    const listed = parts.map(async (part) => {
      const etag = await readFile(join(uploads, upload, `${part}.md5`), 'utf8');
      return `<Part><PartNumber>${part}</PartNumber><ETag>"${etag}"</ETag><Size>${await sizeOf(upload, part)}</Size></Part>`;
    });
    return `<ListPartsResult><IsTruncated>false</IsTruncated>${(await Promise.all(listed)).join('')}</ListPartsResult>`;
  }

  server.middleware.unshift(async (context, next) => {
    const { method, query } = context;
    const isCompleting = method === 'POST' && query.uploadId !== undefined;
    if (failing === 'any' || (failing === 'CompleteMultipartUpload' && isCompleting)) {
      context.respond = false;
      context.req.socket.destroy();
      return;
    }
    if (query.uploadId === undefined) return next();
    const parts = await partsOf(query.uploadId);
    if (!parts) return refuse(context, 404, 'NoSuchUpload');
    if (method === 'GET') {
      Object.assign(context, { type: 'application/xml', body: await listParts(query.uploadId, parts) });
    } else if (method === 'DELETE') {
      await rm(join(uploads, query.uploadId), { recursive: true });
      context.status = 204;
    } else {
      const upload = query.uploadId;
      const sizes = isCompleting ? await Promise.all(parts.slice(0, -1).map((part) => sizeOf(upload, part))) : [];
      if (sizes.some((size) => size < MIN_PART_BYTES)) return refuse(context, 400, 'EntityTooSmall');
      await next();
    }
  });

  const { port } = await server.run();
  const config: S3Config = {
    ...{ bucket: BUCKET, region: 'us-east-1', endpoint: `http://127.0.0.1:${port}` },
    credentials: { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' },
  };
  return {
    config,
    /** The names of all files in which it keeps anything. */
    async keys(): Promise<readonly string[]> {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    },
    async empty() {
      for (const name of await readdir(join(folder, BUCKET))) await rm(join(folder, BUCKET, name), { recursive: true });
    },
    fail(requests: S3Request | undefined) {
      failing = requests;
    },
    async [Symbol.asyncDispose]() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
