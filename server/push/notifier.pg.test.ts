/** From the commit to the transport: who is told what, once, and what is taken back. */
import { describe, expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import { writeAccountRows } from '../account/account-rows.ts';
import { readAll, startPush } from './testing.ts';

type Scene = Awaited<ReturnType<typeof startPush>>;
const count = async ({ pool }: Scene, table: string) =>
  (await pool.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;
const settings = ({ pool }: Scene, user: string, rows: Partial<Parameters<typeof writeAccountRows>[2]>) =>
  writeAccountRows(pool, user as UserId, { privacy: undefined, reads: [], push: undefined, mutings: [], ...rows });

test('every device of the others is told once of a message, its author is not', async () => {
  await using s = await startPush();
  await s.register('ana', 'ana-phone');
  await s.register('bo', 'bo-phone', 'android');
  await s.register('bo', 'bo-laptop', 'webpush');
  const id = await s.post('ana', 'hello');
  await s.notifier.work();
  await s.notifier.work();
  expect(s.told().sort()).toEqual(['bo-laptop: ana: hello', 'bo-phone: ana: hello']);
  expect(s.transport.sent[0]?.payload).toMatchObject({
    ...{ type: 'message', conversation: 'c', message: id, from: 'ana', title: 'C', badge: '1' },
  });
  const topics = new Set(s.transport.sent.map(({ topic }) => topic));
  expect([...topics]).toEqual([expect.stringMatching(/^[\w-]{32}$/)]);
});

test('a message costs no row when nobody can be told, and one whatever the number of devices', async () => {
  await using s = await startPush();
  await s.register('ana', 'ana-phone');
  await s.post('ana', 'to nobody');
  expect(await count(s, 'push_outbox')).toBe(0);
  for (const each of ['a', 'b', 'c']) await s.register('bo', each);
  await s.post('ana', 'to bo');
  expect(await count(s, 'push_outbox')).toBe(1);
});

test('many commits at once, and the first message of a writer, write their rows, too', async () => {
  await using s = await startPush();
  await s.register('bo', 'phone');
  await s.t.addConversation('d');
  const texts = Array.from({ length: 10 }, (_, index) => `text ${index}`);
  await Promise.all(
    texts.map((text, index) => s.post('ana', text, (index % 2 ? 'c' : 'd') as typeof s.t.conversation)),
  );
  await s.notifier.work();
  expect(s.told().sort()).toEqual(texts.map((text) => `phone: ana: ${text}`).sort());
});

test('it waits before it tells', async () => {
  await using s = await startPush({ waitMs: 60_000 });
  await s.register('bo', 'phone');
  await s.post('ana', 'hello');
  await s.notifier.work();
  expect(s.told()).toEqual([]);
  await s.pool.query("update push_outbox set due_at = due_at - interval '1 minute'");
  await s.notifier.work();
  expect(s.told()).toEqual(['phone: ana: hello']);
});

describe('nobody is told of what', () => {
  const cases: readonly [string, string, (s: Scene) => Promise<unknown>][] = [
    ['they have read meanwhile', 'read', async (s) => readAll(await s.device('bo'))],
    [
      'they have read meanwhile and tell nobody of',
      'read',
      async (s) => {
        await s.projector.project(s.t.conversation);
        await s.pool.query(
          `insert into read_clocks (conversation, "user", epoch, writer, clock, is_private) select conversation, 'bo', epoch, writer, clock, true from messages`,
        );
      },
    ],
    [
      'was deleted meanwhile',
      'deleted',
      async (s) => {
        const ana = await s.device('ana');
        const [message] = ana.messages.toArray();
        if (message && 'id' in message) ana.delete(message.id);
        await ana.settled();
      },
    ],
    [
      'is in a muted conversation',
      'muted',
      (s) => settings(s, 'bo', { mutings: [{ conversation: s.t.conversation, isMuted: true }] }),
    ],
    ['they have before their eyes', 'looking', async (s) => s.looking.add('bo c')],
    ['concerns them no more', 'not-member', (s) => s.pool.query(`delete from members where "user" = 'bo'`)],
    [
      'comes in their quiet hours',
      'quiet',
      (s) => {
        s.t.clock.offsetMs = 12 * 3600_000 - ((Date.now() + 5.5 * 3600_000) % (24 * 3600_000));
        const quiet = { from: '11:00', to: '13:00', zone: 'Asia/Kolkata' };
        return settings(s, 'bo', { push: { pushPreview: true, quiet } });
      },
    ],
  ];
  test('but of a mention they are told in a muted conversation, too', async () => {
    await using s = await startPush();
    await s.register('bo', 'phone');
    await settings(s, 'bo', { mutings: [{ conversation: s.t.conversation, isMuted: true }] });
    await s.post('ana', '**ask** [@Bo](user:bo)');
    await s.notifier.work();
    expect(s.told()).toEqual(['phone: ana: ask @Bo']);
  });

  test.each(cases)('%s', async (_, why, change) => {
    await using s = await startPush();
    await s.register('bo', 'phone');
    await s.register('cy', 'other');
    // It waits once, so that everything is looked at again.
    s.transport.decide = () => ({ is: 'busy', why: 'quota' });
    await s.post('ana', 'hello');
    await s.notifier.work();
    await change(s);
    s.transport.decide = undefined;
    await s.pool.query('update push_deliveries set due_at = now()');
    await s.notifier.work();
    expect(s.told()).toEqual(why === 'deleted' ? [] : ['other: ana: hello']);
    const line = `tidewire_push_dropped_total{why="${why}"} ${why === 'deleted' ? 2 : 1}`;
    expect((await s.metrics.text()).body).toContain(line);
    expect(await count(s, 'push_deliveries where sent_at is null')).toBe(0);
  });
});

test('who turned previews off sees who wrote, and not what', async () => {
  await using s = await startPush();
  await s.register('bo', 'phone');
  await settings(s, 'bo', { push: { pushPreview: false, quiet: undefined } });
  await s.post('ana', 'a secret');
  await s.notifier.work();
  expect(JSON.stringify(s.transport.sent)).not.toContain('a secret');
  expect(s.transport.sent[0]?.payload).toMatchObject({ title: 'C', from: 'ana', body: 'New message' });
});

test('a direct conversation is called after who writes, and the text stands alone', async () => {
  await using s = await startPush();
  await s.pool.query("insert into conversations (id, kind, direct_key) values ('ab', 'direct', 'ana bo')");
  await s.pool.query("insert into documents (id, conversation, epoch, generation) values ('ab.0', 'ab', 0, 'g')");
  await s.pool.query(
    `insert into members (conversation, "user", role) values ('ab', 'ana', 'member'), ('ab', 'bo', 'member')`,
  );
  await s.register('bo', 'phone');
  await s.post('ana', 'hello', 'ab' as typeof s.t.conversation);
  await s.post('cy', 'in the group');
  await s.notifier.work();
  expect(s.transport.sent.map(({ payload }) => payload)).toMatchObject([
    { title: 'ana', body: 'hello', conversation: 'ab', badge: '2' },
    { title: 'C', body: 'cy: in the group', conversation: 'c', badge: '2' },
  ]);
});

describe('what was told is taken back', () => {
  test('when it is read elsewhere, from every device and only from those of the reader', async () => {
    await using s = await startPush();
    for (const [user, token] of [
      ['bo', 'phone'],
      ['bo', 'laptop'],
      ['cy', 'other'],
    ] as const)
      await s.register(user, token);
    await s.post('ana', 'hello');
    await s.post('ana', 'again');
    await s.notifier.work();
    s.transport.sent.length = 0;
    await readAll(await s.device('bo'));
    await s.notifier.work();
    expect(s.told().sort()).toEqual(['laptop: withdraw all', 'phone: withdraw all']);
    expect(s.transport.sent[0]).toMatchObject({ payload: { badge: '0' }, topic: expect.any(String) });
    await s.notifier.work();
    expect(s.told()).toHaveLength(2);
    expect(await count(s, 'push_deliveries')).toBe(2);
  });

  test('when it is deleted: that message alone, if another one is still to be seen, and then without replacing it', async () => {
    await using s = await startPush();
    await s.register('bo', 'phone');
    const ana = await s.device('ana');
    const [first] = [ana.say('first'), ana.say('second')];
    await ana.settled();
    await s.notifier.work();
    s.transport.sent.length = 0;
    ana.delete(first);
    await ana.settled();
    await s.notifier.work();
    expect(s.told()).toEqual([`phone: withdraw ${first}`]);
    expect(s.transport.sent[0]).toMatchObject({ topic: undefined, payload: { badge: '1' } });
  });

  test('when it is read at the very moment at which it is sent', async () => {
    await using s = await startPush();
    await s.register('bo', 'phone');
    await s.post('ana', 'hello');
    const bo = await s.device('bo');
    s.transport.before = async () => {
      s.transport.before = undefined;
      await readAll(bo);
      // Somebody else looks for what to withdraw: what is being sent now is left for later.
      await s.notifierWith().work();
      expect(await count(s, 'push_outbox')).toBe(1);
    };
    await s.notifier.work();
    await s.pool.query('update push_outbox set due_at = now()');
    await s.notifier.work();
    expect(s.told()).toEqual(['phone: ana: hello', 'phone: withdraw all']);
  });

  test('and nothing is said when there is nothing to take back', async () => {
    await using s = await startPush();
    await s.register('bo', 'phone');
    const ana = await s.device('ana');
    const id = ana.say('hello');
    await ana.settled();
    ana.delete(id);
    await ana.settled();
    await readAll(await s.device('bo'));
    await s.notifier.work();
    expect(s.told()).toEqual([]);
    expect(await count(s, 'push_outbox')).toBe(0);
  });
});

describe('when a device cannot be told', () => {
  test('because it is gone it is forgotten, and nobody else hears of it', async () => {
    await using s = await startPush();
    await s.register('bo', 'dead');
    await s.register('cy', 'alive');
    s.transport.decide = ({ token }) => (token === 'dead' ? { is: 'gone' } : { is: 'sent' });
    await s.post('ana', 'hello');
    await s.notifier.work();
    expect(s.told()).toEqual(['alive: ana: hello']);
    expect((await s.pool.query('select id from push_targets')).rows).toEqual([{ id: 'alive' }]);
  });

  test('now, it is told later, not before the service said, and once', async () => {
    await using s = await startPush();
    await s.register('bo', 'phone');
    s.transport.decide = () => ({ is: 'busy', why: 'quota', afterMs: 90_000 });
    await s.post('ana', 'hello');
    await s.notifier.work();
    const { rows } = await s.pool.query<{ wait: number }>(
      'select extract(epoch from due_at - now())::float8 as wait from push_deliveries',
    );
    expect(rows[0]?.wait).toBeGreaterThan(80);
    s.transport.decide = undefined;
    await s.notifier.work();
    expect(s.told()).toEqual([]);
    await s.pool.query('update push_deliveries set due_at = now()');
    await s.notifier.work();
    expect(s.told()).toEqual(['phone: ana: hello']);
  });

  test('for too long, it is given up; and for good, at once', async () => {
    await using s = await startPush();
    await s.register('bo', 'phone');
    for (const outcome of [
      { is: 'busy', why: 'x' },
      { is: 'failed', why: 'y' },
    ] as const) {
      s.transport.decide = () => outcome;
      s.t.clock.offsetMs = outcome.is === 'busy' ? 7 * 3600_000 : 0;
      await s.post('ana', 'hello');
      await s.notifier.work();
      expect(await count(s, 'push_deliveries')).toBe(0);
    }
    expect((await s.metrics.text()).body).toContain('tidewire_push_total{outcome="failed"} 2');
    expect(await count(s, 'push_targets')).toBe(1);
  });
});

test('several servers share the work: chunks of at most a hundred, and each device is told once', async () => {
  await using s = await startPush();
  const devices = Array.from({ length: 130 }, (_, index) => `device ${index}`);
  for (const token of devices) await s.register('bo', token);
  await s.post('ana', 'one');
  await s.post('ana', 'two');
  const others = [s.notifierWith(), s.notifierWith(), s.notifierWith()];
  await Promise.all([s.notifier, ...others].map((each) => each.work()));
  expect(s.transport.chunks.every((chunk) => chunk.length <= 100)).toBe(true);
  expect(s.told().sort()).toEqual(
    devices.flatMap((token) => ['one', 'two'].map((text) => `${token}: ana: ${text}`)).sort(),
  );
});

test('a server that dies with a chunk on its way has others repeat that chunk, and nothing else', async () => {
  await using s = await startPush();
  for (let each = 0; each < 150; each++) await s.register('bo', `device ${each}`);
  await s.post('ana', 'hello');
  let died = () => {};
  const sending = new Promise<void>((resolve) => {
    s.transport.before = async () => {
      s.transport.before = undefined;
      resolve();
      await new Promise<void>((_, reject) => {
        died = () => reject(new Error('killed'));
      });
    };
  });
  const dying = s.notifier.work();
  await sending;
  // Another one goes on with the rest, and takes nothing of what somebody has a claim on.
  await s.notifierWith().work();
  expect(s.told()).toHaveLength(50);
  died();
  await expect(dying).rejects.toThrow('killed');
  await s.pool.query('update push_deliveries set due_at = now() where claim is not null');
  await s.notifierWith().work();
  expect(new Set(s.told())).toHaveProperty('size', 150);
  expect(s.transport.chunks.flat()).toHaveLength(250);
});

test('what was sent and could not be noted is noted when Postgres is back, and not sent again', async () => {
  await using s = await startPush();
  await s.register('bo', 'phone');
  await s.post('ana', 'hello');
  let failures = 0;
  const pool = new Proxy(s.pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'query' || typeof value !== 'function') return value;
      return (...parameters: unknown[]) => {
        const [query] = parameters as [{ name?: string }];
        if (query.name === 'settle-push-chunk' && failures++ < 2) return Promise.reject(new Error('lost'));
        return value.apply(target, parameters) as unknown;
      };
    },
  });
  await s.notifierWith({ pool }).work();
  await s.notifier.work();
  expect(s.told()).toEqual(['phone: ana: hello']);
  expect(failures).toBe(3);
});

test('neither words nor tokens stand in the log or in the numbers', async () => {
  await using s = await startPush();
  await s.register('bo', 'token-of-bo');
  await s.register('cy', 'token-of-cy');
  s.transport.decide = ({ token }) => (token === 'token-of-cy' ? { is: 'failed', why: 'bad' } : { is: 'sent' });
  await s.post('ana', 'the-words-of-ana');
  await s.notifier.work();
  const all = `${s.lines.join()} ${(await s.metrics.text()).body}`;
  expect(all).toContain('some devices could not be told');
  expect(all).not.toMatch(/token-of|the-words/);
});
