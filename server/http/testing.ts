/** The HTTP edge on a real database with real accounts, rooms and projector, asked without a socket. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileId } from '../../schema/document/files.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import { createAuth, tokenIssuer } from '../auth/auth.ts';
import { createSessions } from '../auth/sessions.ts';
import type { Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import type { Notices } from '../fan-out/fan-out.ts';
import { createInMemoryFanOut } from '../fan-out/in-memory.ts';
import type { BlobStore, UploadRecords } from '../files/blob-store.ts';
import { createDirectoryBlobs } from '../files/directory-blobs.ts';
import { findUploadRecord } from '../files/file-rows.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import type { EpochLimits } from '../room/replica.ts';
import { createRooms } from '../room/rooms.ts';
import { insertPerson, insertSession } from '../testing/people.ts';
import { startEraser } from '../workers/eraser.ts';
import { startFileRemover } from '../workers/file-remover.ts';
import { startProjector } from '../workers/projector.ts';
import { startSnapshotter } from '../workers/snapshotter.ts';
import { createApp } from './app.ts';
import type { HttpDependencies } from './environment.ts';

const SECRET = 'a secret of more than thirty-two characters';

interface Options {
  readonly baseUrl?: string;
  readonly rateLimits?: 'on' | 'off';
  readonly webhookPrivateNetworks?: 'on' | 'off';
  readonly fileLimits?: HttpDependencies['config']['fileLimits'];
  readonly rooms?: HttpDependencies['rooms'];
  readonly epochLimits?: EpochLimits;
  /** Where files lie; by default in `directory`. */
  readonly blobs?: (records: UploadRecords) => BlobStore | Promise<BlobStore>;
}

interface Asking {
  readonly as?: Person;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly bearer: string;
  readonly cookie: string;
}

export async function startEdge({
  baseUrl,
  rateLimits = 'off',
  webhookPrivateNetworks = 'off',
  fileLimits = { maxBytes: 1024 * 1024, quotaBytes: 2 * 1024 * 1024 },
  rooms: givenRooms,
  epochLimits = EPOCH_LIMITS,
  blobs: openBlobs,
}: Options = {}) {
  const database = await freshDatabase();
  const lines: string[] = [];
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } });
  const fanOut = createInMemoryFanOut({ log });
  const changed: string[] = [];
  fanOut.subscribe('membership', ({ conversation }: Notices['membership']) => void changed.push(conversation));
  const told: Notices['changed'][] = [];
  fanOut.subscribe('changed', (notice) => void told.push(notice));
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs };
  const queries: string[] = [];
  const pool = countQueries(database.pool, queries);
  const metrics = createMetrics();
  const config = { authSecret: SECRET, baseUrl, rateLimits, webhookPrivateNetworks, fileLimits };
  const auth = createAuth({ pool: database.pool, config, fanOut, log });
  const issuer = tokenIssuer(baseUrl);
  const sessions = createSessions({ pool, secret: SECRET, baseUrl, issuer, clock, fanOut, log });
  // Not counted: what the rooms and the projector ask is their own business.
  const projector = startProjector({ pool: database.pool, log, metrics, clock });
  const snapshotter = startSnapshotter({ pool: database.pool, log, metrics, clock, projector, keep: 3 });
  const rooms = createRooms({ pool: database.pool, fanOut, clock, log, metrics, epochLimits });
  const eraser = startEraser({
    pool: database.pool,
    log,
    projector,
    erase: (document, user, what) => rooms.erase(document, user, what),
  });
  const directory = await mkdtemp(join(tmpdir(), 'tidewire-files-'));
  const records = { find: (id: string) => findUploadRecord(database.pool, id) };
  const blobs = (await openBlobs?.(records)) ?? createDirectoryBlobs({ directory, records });
  const remove = (id: FileId) => blobs.remove(id);
  const fileRemover = startFileRemover({ pool: database.pool, remove, log, metrics });
  const posting = givenRooms ?? rooms;
  const leaving = { isLeaving: false };
  const app = createApp({
    auth,
    sessions,
    pool,
    rooms: posting,
    projector,
    snapshotter,
    eraser,
    blobs,
    fanOut,
    redisState: () => 'off',
    config,
    log,
    metrics,
    clock,
    pushSetup: { transport: 'off' },
    isLeaving: () => leaving.isLeaving,
  });
  const origin = baseUrl ?? 'http://localhost';

  async function ask(method: string, path: string, { as, headers, body, raw }: Asking = {}): Promise<Response> {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    return app.request(`${origin}${path}`, {
      method,
      headers: {
        host: new URL(origin).host,
        ...(as && { authorization: as.bearer }),
        ...(text !== undefined && {
          'content-type': 'application/json',
          'content-length': `${Buffer.byteLength(text)}`,
        }),
        ...headers,
      },
      ...(text !== undefined && { body: text }),
    });
  }

  async function signUp(name: string): Promise<Person> {
    const email = `${name.toLowerCase().replaceAll(/\W+/g, '.')}@example.org`;
    return { name, ...(await insertPerson({ pool: database.pool, secret: SECRET, baseUrl, name, email })) };
  }

  /** Somebody who is in the database already. */
  async function signIn({ id, name, email }: Pick<Person, 'id' | 'name' | 'email'>): Promise<Person> {
    return { id, name, email, ...(await insertSession({ pool: database.pool, secret: SECRET, baseUrl, user: id })) };
  }

  return {
    ...{
      app,
      database,
      ask,
      signUp,
      signIn,
      projector,
      changed,
      told,
      lines,
      queries,
      clock,
      origin,
      leaving,
      fanOut,
      rooms,
      eraser,
      snapshotter,
      directory,
      blobs,
      fileRemover,
    },
    async [Symbol.asyncDispose]() {
      await fileRemover[Symbol.asyncDispose]();
      await eraser[Symbol.asyncDispose]();
      await rooms[Symbol.asyncDispose]();
      await snapshotter[Symbol.asyncDispose]();
      await projector[Symbol.asyncDispose]();
      await sessions[Symbol.asyncDispose]();
      await fanOut[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

export type Edge = Awaited<ReturnType<typeof startEdge>>;

/** Reads a JSON answer; for answers whose shape the test has just checked. */
export const read = async <Value>(response: Response): Promise<Value> => (await response.json()) as Value;

function countQueries(pool: Pool, queries: string[]): Pool {
  return new Proxy(pool, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      return (...parameters: unknown[]) => {
        const [query] = parameters;
        if (name === 'query') queries.push(typeof query === 'string' ? query : (query as { text: string }).text);
        return value.apply(target, parameters) as unknown;
      };
    },
  });
}
