/** What an operator is told: that every number is there, and that those of the write path count. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLOSE } from '../schema/close-codes.ts';
import { SOCKET_RATES } from '../schema/limits.ts';
import { freshDatabase, type TestDatabase } from './database/testing.ts';
import { RedisConnection } from './fan-out/redis-connection.ts';
import { createLog } from './log.ts';
import { createMetrics } from './metrics.ts';
import { root } from './root.ts';
import { startServer, type TestServer } from './testing/server.ts';

/** What each must be of use for. */
const PROMISED = {
  'how many are here': ['tidewire_connections', 'tidewire_channels', 'tidewire_rooms'],
  'how long a commit takes': ['tidewire_commit_seconds', 'tidewire_entries_total', 'tidewire_commit_conflicts_total'],
  'what waits': [
    'tidewire_queued_jobs',
    'tidewire_unacknowledged_seconds',
    'tidewire_projection_queue_documents',
    'tidewire_snapshot_queue_documents',
  ],
  'what is refused': ['tidewire_refusals_total', 'tidewire_closes_total'],
  'how far behind the workers are': ['tidewire_projection_lag_seconds', 'tidewire_erasure_seconds'],
  'what fails': ['tidewire_projection_failures_total', 'tidewire_snapshots_total'],
  'how requests are answered': ['tidewire_http_request_seconds'],
  'how webhooks are taken': [
    'tidewire_webhook_attempts_total',
    'tidewire_webhook_seconds',
    'tidewire_webhooks_disabled_total',
    'tidewire_webhook_queue_rows',
    'tidewire_webhook_oldest_seconds',
  ],
  'whether Postgres answers': ['tidewire_database_connected'],
  'how Redis does': [
    'tidewire_redis_connected',
    'tidewire_redis_keys',
    'tidewire_fan_out_lag_seconds',
    'tidewire_fan_out_failures_total',
  ],
  'how presence does': [
    'tidewire_presence_online',
    'tidewire_presence_watchers',
    'tidewire_presence_watched',
    'tidewire_presence_told_total',
    'tidewire_presence_failures_total',
    'tidewire_typing_total',
  ],
  'how the process does': [
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_p99_seconds',
  ],
} as const;

let database: TestDatabase;
let server: TestServer;
let names: ReadonlySet<string>;

const read = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
const namesIn = (text: string) => [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name as string);

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ databaseUrl: database.url, rates: SOCKET_RATES });
  // A server without a Redis has no numbers of one.
  const metrics = createMetrics();
  await using redis = new RedisConnection({
    url: 'redis://127.0.0.1:1',
    log: createLog({ level: 'silent' }),
    metrics,
  });
  expect(redis.isUp).toBe(false);
  names = new Set([...namesIn(await read()), ...namesIn((await metrics.text()).body)]);
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

test.each(Object.entries(PROMISED))('an operator is told %s', (_, promised) => {
  expect([...names]).toEqual(expect.arrayContaining([...promised]));
});

test('refusals are counted by kind, hostile ends by code, connections and channels while they last', async () => {
  const [ana, bo] = [await server.signUp('ana'), await server.signUp('bo')];
  const document = await server.group(ana, [bo]);
  using device = await server.device(ana, document);
  using other = await server.device(bo, document);
  device.say('');
  await device.until(() => device.refusals.length > 0, 'the refusal');
  other.wire?.sendUpdate(Uint8Array.of(1, 2, 3));
  expect(await other.wire?.raw.end()).toMatchObject({ code: CLOSE.hostile });
  const text = await read();
  expect(text).toMatch(/^tidewire_refusals_total\{kind="bad-text"\} 1$/m);
  expect(text).toMatch(/^tidewire_closes_total\{what="connection",code="4400"\} 1$/m);
  expect(text).toMatch(/^tidewire_connections 1$/m);
  expect(text).toMatch(/^tidewire_channels 1$/m);
  expect(text).toMatch(/^tidewire_queued_jobs 0$/m);
  expect(text).toMatch(/^tidewire_unacknowledged_seconds 0$/m);
});

test('what waits for Postgres grows old, and is young again when it was answered', async () => {
  const ana = await server.signUp('ana');
  const bo = await server.signUp('bo');
  const document = await server.group(ana, [bo]);
  using device = await server.device(ana, document);
  const lock = await database.pool.connect();
  await lock.query('begin');
  await lock.query('select from documents where id = $1 for update', [document]);
  device.say('held back');
  const age = async () => Number(/^tidewire_unacknowledged_seconds (.*)$/m.exec(await read())?.[1]);
  // Time does nothing to a message that has not arrived yet.
  while ((await age()) < 5) server.clock.offsetMs += 5_000;
  await lock.query('commit');
  lock.release();
  await device.settled();
  expect(await age()).toBe(0);
});

test('every number of the dashboard and of the alarms exists', () => {
  for (const path of ['deploy/grafana/tidewire.json', 'deploy/prometheus/alarms.yaml', 'docs/operations.md']) {
    const used = [...readFileSync(join(root, path), 'utf8').matchAll(/\b(tidewire_[a-z_]+|process_\w+|nodejs_\w+)\b/g)];
    expect(used.length, path).toBeGreaterThan(5);
    for (const [, name] of used) {
      const base = (name as string).replace(/_(bucket|sum|count)$/, '');
      expect(names, `${path}: ${name}`).toContain(names.has(name as string) ? name : base);
    }
  }
});
