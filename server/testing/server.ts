/** The real server for tests: real Postgres, accounts, sessions, sockets, workers; and people and conversations on it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConversationId, documentId } from '../../schema/ids.ts';
import type { SocketRates } from '../../schema/limits.ts';
import { createPool, type Pool } from '../database/pool.ts';
import { createLog } from '../log.ts';
import type { PushConfig } from '../push/configuration.ts';
import type { EpochLimits } from '../room/replica.ts';
import { createServer } from '../server.ts';
import { Device, type DeviceOptions } from './device.ts';
import { insertSession } from './people.ts';
import { type Path, Wire } from './wire.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly bearer: string;
  readonly cookie: string;
}

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly pool: Pool;
  /** Lines of the log, warnings and above. */
  readonly lines: string[];
  readonly dataDir: string;
  /** Moves the server's clock. */
  readonly clock: { offsetMs: number };
  signUp(name: string): Promise<Person>;
  /** Another session of the same person. */
  signInAgain(person: Person): Promise<Person>;
  ask(method: string, path: string, as: Person, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** A group; its document's id. */
  group(owner: Person, members: readonly Person[]): Promise<string>;
  device(person: Person, document: string, options?: Pick<DeviceOptions, 'path' | 'clientID'>): Promise<Device>;
  wire(person: Person, document: string, path?: Path): Promise<Wire>;
}

export const TEST_SECRET = 'a secret of more than thirty-two characters';
let people = 0;

/** Several may share one database: then they are several servers of one installation. */
export async function startServer({
  databaseUrl,
  redisUrl,
  epochLimits,
  rates,
  push = {},
  port: wantedPort = 0,
}: {
  databaseUrl: string;
  redisUrl?: string;
  epochLimits?: EpochLimits;
  /** Without them there are no limits. */
  rates?: SocketRates;
  push?: PushConfig;
  /** Where one that has ended was found. */
  port?: number;
}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-server-'));
  const lines: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line) => void lines.push(line) } });
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs };
  const config = {
    port: wantedPort,
    host: '127.0.0.1',
    baseUrl: undefined,
    databaseUrl,
    redisUrl,
    dataDir,
    authSecret: TEST_SECRET,
    rateLimits: rates ? 'on' : 'off',
    webhookPrivateNetworks: 'on',
    snapshotsKept: 3,
    s3: undefined,
    fileLimits: { maxBytes: 8 * 1024 * 1024, quotaBytes: 64 * 1024 * 1024 },
    drainMs: 0,
    push,
    logLevel: 'warn',
    endsWithParent: false,
  } as const;
  const server = await createServer({
    config,
    log,
    clock,
    ...(epochLimits && { epochLimits }),
    ...(rates && { rates }),
  });
  const pool = createPool({ url: databaseUrl, log, maxConnections: 4 });
  const { port } = server;
  const url = `http://127.0.0.1:${port}`;

  const ask: TestServer['ask'] = (method, path, as, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method,
      headers: { authorization: as.bearer, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  const require = async <Value>(response: Response): Promise<Value> => {
    if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Value;
  };

  return {
    ...{ port, url, pool, lines, clock, dataDir, ask },
    async signUp(name) {
      const body = { name, email: `${name}.${process.pid}.${people++}@example.org`, password: 'correct horse battery' };
      const response = await fetch(`${url}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify(body),
      });
      const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
      const bearer = `Bearer ${response.headers.get('set-auth-token')}`;
      const { user } = await require<{ user: { id: string } }>(response);
      return { id: user.id, name, bearer, cookie };
    },
    signInAgain: async (person) => ({
      ...person,
      ...(await insertSession({ pool, secret: TEST_SECRET, user: person.id })),
    }),
    async group(owner, members) {
      const body = { title: 'A group', memberIds: members.map(({ id }) => id) };
      const { id } = await require<{ id: ConversationId }>(await ask('POST', '/api/conversations', owner, body));
      return documentId(id, 0);
    },
    device: ({ id, bearer }, document, options = {}) =>
      Device.connect({ port, document, user: id, bearer, ...options }),
    wire: ({ bearer }, document, path = '/documents') => Wire.open({ port, path, document, bearer }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (!pool.ended) await pool.end();
      await rm(dataDir, { recursive: true });
    },
  };
}
