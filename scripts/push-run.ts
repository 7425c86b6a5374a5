/**
 * `npx tsx scripts/push-run.ts`: 10,000 messages to 3,000 devices through the real firebase-admin, with two servers' notifiers as
 * processes of their own, devices that are gone, quotas, outages and cut connections, what is read or deleted meanwhile, and one
 * process killed amid a chunk. Prints figures; the exit code says whether anybody was missed, or told what they should not be.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../server/database/embedded.ts';
import { migrate } from '../server/database/migrate.ts';
import { createPool } from '../server/database/pool.ts';
import { createLog } from '../server/log.ts';
import { createMetrics } from '../server/metrics.ts';
import { createFirebaseTransport } from '../server/push/firebase.ts';
import { createLoggingTransport } from '../server/push/logging.ts';
import { createNotifier } from '../server/push/notifier.ts';
import { agentFor, CREDENTIAL, startPushService } from '../server/push/testing-push-service.ts';
import { startProjector } from '../server/workers/projector.ts';

const PAIRS = 500;
const MESSAGES_EACH = 20;
const DEVICES_EACH = 3;

const log = createLog({ level: 'error' });
const clock = { now: () => Date.now() };

const task = process.env.PUSH_RUN_TASK;
if (task) await notify(JSON.parse(task) as Task);
else await measure();

interface Task {
  readonly url: string;
  readonly port: number;
  readonly certificate: string;
}

async function notify({ url, port, certificate }: Task): Promise<void> {
  const pool = createPool({ url, log });
  const metrics = createMetrics();
  const projector = startProjector({ pool, log, metrics, clock });
  const serviceAccount = { project_id: 'p', client_email: 'e@example.org', private_key: 'PRIVATE KEY' };
  const fcm = createFirebaseTransport({
    serviceAccount,
    clock,
    agent: agentFor(port, certificate),
    credential: CREDENTIAL,
  });
  createNotifier({
    ...{ pool, projector, clock, log, metrics, waitMs: 0 },
    transports: { fcm, webpush: createLoggingTransport({ log }) },
    isLooking: () => false,
  }).start();
}

async function measure(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-push-run-'));
  const postgres = await startPostgres({ dataDir, log, durability: 'lost-with-power' });
  const pool = createPool({ url: postgres.url, log });
  await migrate({ pool, log: createLog({ level: 'silent' }) });
  await fill(pool);
  await using service = await startPushService();
  service.retryAfter = '1';
  const isDead = (token: string) => Number(token.split('-')[1]) % 50 === 7;
  let sends = 0;
  service.decide = (token) => {
    if (isDead(token)) return Number(token.split('-')[1]) % 100 === 7 ? 'UNREGISTERED' : 'INVALID_ARGUMENT';
    sends++;
    if (sends % 97 === 0) return 'QUOTA_EXCEEDED';
    if (sends % 101 === 0) return 'UNAVAILABLE';
    if (sends % 499 === 0) return 'cut';
    return 'ok';
  };
  const task: Task = { url: postgres.url, port: service.port, certificate: service.certificate };
  const start = () =>
    fork(fileURLToPath(import.meta.url), {
      env: { ...process.env, PUSH_RUN_TASK: JSON.stringify(task) },
      execArgv: ['--import', 'tsx'],
    });
  const startedAt = performance.now();
  const [killed, other] = [start(), start()];
  await service.arrival(5_000);
  killed.kill('SIGKILL');
  const third = start();
  for (;;) {
    const { rows } = await pool.query<{ left: number }>(
      'select (select count(*) from push_outbox) + (select count(*) from push_deliveries where sent_at is null) as left',
    );
    if (rows[0]?.left === 0) break;
    await sleep(500);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  for (const child of [other, third]) child.kill('SIGKILL');

  const times = new Map<string, number>();
  for (const { token, payload } of service.arrived) {
    const name = payload.type === 'message' ? `${token} ${payload.message}` : '';
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const { rows: wanted } = await pool.query<{ name: string; told: boolean }>(
    `select u.id || '-' || d || ' ' || m.id as name, m.deleted_at is null and not exists (select from read_clocks k
       where k.conversation = m.conversation and k."user" = u.id and k.writer = m.writer and k.clock >= m.clock) as told
     from messages m join members o on o.conversation = m.conversation and o."user" <> m.sender join users u on u.id = o."user"
     cross join generate_series(0, ${DEVICES_EACH - 1}) d`,
  );
  const alive = wanted.filter(({ name }) => !isDead(name));
  const missed = alive.filter(({ name, told }) => told && !times.has(name)).length;
  const wrong = wanted.filter(({ name, told }) => !told && times.has(name)).length;
  const repeated = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
  const { rows: targets } = await pool.query<{ id: string }>('select id from push_targets');
  const deadLeft = targets.filter(({ id }) => isDead(id)).length;
  console.log({
    ...{ seconds: Math.round(seconds), messages: PAIRS * MESSAGES_EACH, devices: 2 * PAIRS * DEVICES_EACH },
    ...{
      told: times.size,
      attempts: service.attempts.length,
      missed,
      wrong,
      repeated,
      deadLeft,
      devicesLeft: targets.length,
    },
  });
  process.exitCode = missed + wrong + deadLeft > 0 || repeated > 100 ? 1 : 0;
  await pool.end();
  await postgres[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true });
}

/** Pairs of people with three devices each; a message in fifty was read, another one deleted, before anybody was told. */
async function fill(pool: ReturnType<typeof createPool>): Promise<void> {
  await pool.query(`
    insert into users (id, name, email) select 'u-' || n, 'Person ' || n, n || '@example.org' from generate_series(0, ${2 * PAIRS - 1}) n;
    insert into sessions (id, "user", token, expires_at) select id, id, id, now() + interval '1 day' from users;
    insert into push_targets (id, "user", session, platform, token)
      select id || '-' || d, id, id, 'web', id || '-' || d from users cross join generate_series(0, ${DEVICES_EACH - 1}) d;
    insert into conversations (id, kind, direct_key) select 'c' || n, 'direct', n::text from generate_series(0, ${PAIRS - 1}) n;
    insert into documents (id, conversation, epoch, generation, head, projected)
      select id || '.0', id, 0, 'g', ${MESSAGES_EACH}, ${MESSAGES_EACH} from conversations;
    insert into members (conversation, "user", role)
      select 'c' || n / 2, 'u-' || n, 'member' from generate_series(0, ${2 * PAIRS - 1}) n;
    insert into messages (conversation, id, epoch, writer, clock, seq, ordinal, sender, body, sent_at, committed_at)
      select 'c' || c, c || '-' || s, 0, c, s, s, 0, 'u-' || 2 * c, 'text ' || s, now(), now()
      from generate_series(0, ${PAIRS - 1}) c cross join generate_series(1, ${MESSAGES_EACH}) s;
    update messages set body = null, deleted_at = now(), deleted_by = sender where (writer + clock) % 50 = 3;
    insert into read_clocks (conversation, "user", epoch, writer, clock)
      select 'c' || c, 'u-' || 2 * c + 1, 0, c, 1 from generate_series(0, ${PAIRS - 1}) c where c % 2 = 0;
    insert into push_outbox (conversation, what, epoch, seq, "user") select conversation, 'message', 0, seq, sender from messages order by seq`);
}
