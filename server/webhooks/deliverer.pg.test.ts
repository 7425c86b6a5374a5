/** When receivers do not answer as they should, and when servers die: what is tried again, when, and what is given up. */
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { startReceiver, startWebhooks, verify, type WebhookScene } from './testing.ts';

const log = (s: WebhookScene) =>
  s.rows<Record<string, unknown>>(
    `select type, status, attempts, response_status as answer, error, round(extract(epoch from due_at - now()))::int as wait
     from webhook_deliveries order by place`,
  );
const hooks = (s: WebhookScene) =>
  s.rows<Record<string, unknown>>('select is_enabled, disabled_why, failing_since from webhooks order by id');

describe('what was not accepted', () => {
  test('is sent again with the same id until it is, and its log says how it went', async () => {
    await using s = await startWebhooks();
    const { secret } = await s.hook('bo');
    await s.post('ana', 'hello');
    for (const [index, status] of [500, 302, 404].entries()) {
      s.receiver.decide = () => ({ status, headers: { location: s.receiver.url } });
      await (index === 0 ? s.work() : s.due().then(() => s.work()));
      expect(await log(s)).toMatchObject([{ status: 'waiting', attempts: index + 1, answer: status }]);
    }
    expect((await log(s))[0]?.wait).toBeGreaterThan(1_790);
    s.receiver.decide = undefined;
    await s.work();
    expect(s.receiver.received.length).toBe(3);
    await s.due();
    await s.work();
    await s.work();
    expect(new Set(s.receiver.received.map(({ id }) => id)).size).toBe(1);
    expect(s.receiver.received.length).toBe(4);
    for (const each of s.receiver.received) verify(each, secret);
    expect(await log(s)).toMatchObject([{ status: 'sent', attempts: 4, answer: 204, error: null }]);
    expect(await hooks(s)).toEqual([{ is_enabled: true, disabled_why: null, failing_since: null }]);
  });

  test('is given up after the last attempt, and the next one is tried all the same', async () => {
    await using s = await startWebhooks();
    await s.hook('bo');
    s.receiver.decide = () => ({ status: 500 });
    await s.post('ana', 'hello');
    await s.work();
    await s.pool.query('update webhook_deliveries set attempts = 9');
    await s.due();
    await s.work();
    expect(await log(s)).toMatchObject([{ status: 'failed', attempts: 10, answer: 500 }]);
    s.receiver.decide = undefined;
    await s.post('ana', 'again');
    await s.work();
    expect(s.receiver.told.at(-1)).toBe('message.created again');
    const { body } = await s.metrics.text();
    for (const line of ['{outcome="retried"} 1', '{outcome="failed"} 1', '{outcome="sent"} 1'])
      expect(body).toContain(`tidewire_webhook_attempts_total${line}`);
  });

  test.each([429, 503])('comes when the receiver said, and nothing else before that: %d', async (status) => {
    await using s = await startWebhooks();
    await s.hook('bo');
    s.receiver.decide = () => ({ status, headers: { 'retry-after': '600' } });
    await s.post('ana', 'hello');
    await s.work();
    expect((await log(s))[0]?.wait).toBeGreaterThan(590);
    await s.post('ana', 'again');
    await s.work();
    expect(s.receiver.told).toEqual(['message.created hello']);
    s.receiver.decide = undefined;
    await s.due();
    await s.work();
    expect(s.receiver.told.slice(1).sort()).toEqual(['message.created again', 'message.created hello']);
  });
});

describe('a webhook is disabled, what waits is given up and its owner can see why,', () => {
  test('when the receiver says that it is gone', async () => {
    await using s = await startWebhooks();
    await s.hook('bo');
    s.receiver.decide = ({ body }) => ({ status: body.type === 'message.edited' ? 410 : 500 });
    const ana = await s.device('ana');
    const id = ana.say('hello');
    await ana.settled();
    await s.work();
    ana.edit(id, 'hello again');
    await ana.settled();
    await s.work();
    expect(await hooks(s)).toMatchObject([{ is_enabled: false, disabled_why: 'gone' }]);
    expect(await log(s)).toMatchObject(Array.from({ length: 2 }, () => ({ status: 'dropped', error: 'DISABLED' })));
    await s.post('ana', 'later');
    await s.work();
    expect(s.receiver.received.length).toBe(2);
    expect((await s.metrics.text()).body).toContain('tidewire_webhooks_disabled_total{why="gone"} 1');
  });

  test('when it has taken nothing for days, and not before', async () => {
    await using s = await startWebhooks();
    await s.hook('bo');
    s.receiver.decide = () => ({ status: 500 });
    await s.post('ana', 'hello');
    await s.work();
    for (const [days, isEnabled] of [
      [4.9, true],
      [5.1, false],
    ] as const) {
      await s.pool.query(`update webhooks set failing_since = now() - make_interval(secs => $1)`, [days * 86_400]);
      await s.due();
      await s.work();
      expect(await hooks(s)).toMatchObject([{ is_enabled: isEnabled, disabled_why: isEnabled ? null : 'failing' }]);
    }
  });
});

test('receivers that do not answer keep nobody else waiting, and an answer that never ends is one', async () => {
  await using s = await startWebhooks({ timeoutMs: 100, places: 1 });
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { port: number };
  for (const user of ['bo', 'cy']) await s.hook(user, { url: `http://127.0.0.1:${port}/` });
  await s.post('ana', 'hello');
  await s.work();
  const timedOut = { status: 'waiting', attempts: 1, answer: null, error: 'TIMEOUT' };
  expect(await log(s)).toMatchObject([timedOut, timedOut]);
  // They queue by themselves now; among all, it would be their turn.
  const { id } = await s.hook('eve');
  await s.pool.query('update webhooks set claimed_until = now() where id = $1', [id]);
  await s.due();
  await s.post('ana', 'again');
  await s.projector.project(s.t.conversation);
  const answered = new Promise<void>((resolve) => {
    s.receiver.decide = () => {
      resolve();
      return { status: 200, body: 'x'.repeat(1_000_000) };
    };
  });
  {
    await using patient = s.delivererWith({ timeoutMs: 60_000 });
    patient.start();
    await answered;
  }
  await s.work();
  expect(s.receiver.told.at(-1)).toBe('message.created again');
  silent.close();
});

test('nobody is there: it waits, and its log says so', async () => {
  await using s = await startWebhooks();
  await s.hook('bo', { url: 'http://127.0.0.1:1/' });
  await s.post('ana', 'hello');
  await s.work();
  expect(await log(s)).toMatchObject([{ status: 'waiting', attempts: 1, answer: null, error: 'ECONNREFUSED' }]);
});

test('several servers share the work: one turn of a webhook at a time, each thing told once', async () => {
  await using s = await startWebhooks();
  for (const user of ['ana', 'bo', 'cy']) await s.hook(user, { url: `${s.receiver.url}/${user}` });
  const busy = new Map<string, number>();
  let most = 0;
  s.receiver.decide = async ({ path }) => {
    busy.set(path, (busy.get(path) ?? 0) + 1);
    most = Math.max(most, busy.get(path) ?? 0);
    await new Promise((resolve) => setImmediate(resolve));
    busy.set(path, (busy.get(path) ?? 0) - 1);
    return { status: 204 };
  };
  const texts = Array.from({ length: 25 }, (_, index) => `text ${index}`);
  for (const text of texts) await s.post('ana', text);
  await s.projector.project(s.t.conversation);
  const servers = [s.deliverer, s.delivererWith(), s.delivererWith()];
  await Promise.all(servers.map((each) => each.work()));
  // Somebody may have looked while another one had the last turn.
  await s.deliverer.work();
  expect(s.receiver.told.sort()).toEqual(
    texts.flatMap((text) => Array.from({ length: 3 }, () => `message.created ${text}`)).sort(),
  );
  expect(most).toBeLessThanOrEqual(10);
});

test('a server that dies in a turn has others repeat that turn, under the same ids, and nothing else', async () => {
  await using s = await startWebhooks();
  await s.hook('bo');
  for (let each = 0; each < 25; each++) await s.post('ana', `text ${each}`);
  // It does what it does, and nobody is told.
  const deaf = new Proxy(s.pool, {
    get(target, name) {
      if (name === 'connect' && s.receiver.received.length > 0) return () => Promise.reject(new Error('killed'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const dying = s.delivererWith({ pool: deaf });
  const work = s.work(dying);
  const end = dying[Symbol.asyncDispose];
  s.receiver.decide = async () => {
    if (s.receiver.received.length === 10) void end.call(dying);
    return { status: 204 };
  };
  await expect(work).rejects.toThrow('killed');
  expect(s.receiver.received.length).toBe(10);
  const repeated = s.receiver.received.map(({ id }) => id);
  s.receiver.decide = undefined;
  // Its claim has not lapsed: nobody else takes a turn.
  await s.deliverer.work();
  expect(s.receiver.received.length).toBe(10);
  await s.pool.query('update webhooks set claimed_until = now()');
  await s.deliverer.work();
  const all = s.receiver.received.map(({ id }) => id);
  expect(all.length).toBe(35);
  expect(new Set(all).size).toBe(25);
  expect(all.slice(10, 20).sort()).toEqual(repeated.sort());
});

test('a server that ends gives up its requests, and another one sends them at once', async () => {
  await using s = await startWebhooks();
  await s.hook('bo');
  await s.post('ana', 'hello');
  await s.projector.project(s.t.conversation);
  const asked = new Promise<void>((resolve) => {
    s.receiver.decide = () => {
      resolve();
      return new Promise(() => {});
    };
  });
  {
    await using leaving = s.delivererWith();
    leaving.start();
    await asked;
  }
  expect(await log(s)).toMatchObject([{ status: 'waiting', attempts: 0 }]);
  s.receiver.decide = undefined;
  await s.deliverer.work();
  expect(s.receiver.told).toEqual(['message.created hello', 'message.created hello']);
  expect(await log(s)).toMatchObject([{ status: 'sent', attempts: 1 }]);
});

test('what was sent and could not be noted is noted when Postgres is back, and not sent again', async () => {
  await using s = await startWebhooks();
  await s.hook('bo');
  await s.post('ana', 'hello');
  let failures = 0;
  const pool = new Proxy(s.pool, {
    get(target, name) {
      if (name === 'connect' && s.receiver.received.length > 0 && failures++ < 2)
        return () => Promise.reject(new Error('lost'));
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  await s.work(s.delivererWith({ pool }));
  await s.work();
  expect(s.receiver.told).toEqual(['message.created hello']);
  expect(failures).toBe(3);
});

describe('where requests may not go', () => {
  test.each([
    ['http://127.0.0.1:1/', 'INSECURE_ADDRESS'],
    ['https://127.0.0.1:1/', 'NO_PUBLIC_ADDRESS'],
    ['https://localhost:1/', 'NO_PUBLIC_ADDRESS'],
    ['https://[::1]:1/', 'NO_PUBLIC_ADDRESS'],
    ['https://169.254.169.254/', 'NO_PUBLIC_ADDRESS'],
  ])('%s', async (url, error) => {
    await using s = await startWebhooks({ privateNetworks: false });
    await s.hook('bo', { url });
    await s.post('ana', 'hello');
    await s.work();
    expect(await log(s)).toMatchObject([{ status: 'waiting', attempts: 1, answer: null, error }]);
  });

  test('a redirect to another receiver is not followed', async () => {
    await using s = await startWebhooks();
    await using other = await startReceiver();
    await s.hook('bo');
    s.receiver.decide = () => ({ status: 307, headers: { location: other.url } });
    await s.post('ana', 'hello');
    await s.work();
    expect(await log(s)).toMatchObject([{ status: 'waiting', answer: 307 }]);
    expect(other.received).toEqual([]);
  });
});

test('lines leave the log when their time is over: what failed stays longer', async () => {
  await using s = await startWebhooks();
  const { id } = await s.hook('bo');
  for (const [status, days] of [
    ['sent', 2],
    ['sent', 4],
    ['failed', 4],
    ['failed', 13],
    ['dropped', 15],
  ] as const)
    await s.pool.query(
      `insert into webhook_deliveries (webhook, type, status, ended_at) values ($1, 'ping', $2, now() - make_interval(days => $3))`,
      [id, status, days],
    );
  await s.deliverer.sweep();
  expect((await log(s)).map(({ status }) => status)).toEqual(['sent', 'failed', 'failed']);
});
