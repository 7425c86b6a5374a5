/** Two servers, people who write, edit and delete, receivers that fail at random, and deliverers that die: whatever happens is told. */
import { expect, test } from 'vitest';
import type { MessageId } from '../../schema/ids.ts';
import { Chance } from '../simulation/chance.ts';
import { startProjector } from '../workers/projector.ts';
import { MAX_CHUNK } from './round.ts';
import { startWebhooks } from './testing.ts';

const CHANGES = 40;
const FAILING = [500, 503, 404, 302];
/** Each id at most so often, so that nothing is given up. */
const MOST_FAILURES = 3;
/** The turn in which somebody is removed. */
const LEAVES = 3;

test.each([1])('every change is told at least once, and no text after it was deleted: seed %d', async (seed) => {
  await using s = await startWebhooks({}, { servers: 2, entries: 'brought' });
  const { pool, t } = s;
  const [, second] = t.servers;
  if (!second) throw new Error('There are two servers');
  await using projector = startProjector({ pool: second.pool, log: s.log, metrics: second.metrics, clock: t.clock });
  const chance = new Chance(seed);
  await s.hook('cy', { url: `${s.receiver.url}/all` });
  await s.hook('bo', { url: `${s.receiver.url}/deleted`, events: ['message.deleted'] });
  await s.hook('eve', { url: `${s.receiver.url}/leaving` });

  const failures = new Map<string, number>();
  const accepted = new Map<string, number>();
  let killed = 0;
  let onRequest = (): void => {};
  s.receiver.decide = ({ id }) => {
    onRequest();
    const before = failures.get(id) ?? 0;
    if (before < MOST_FAILURES && chance.happens(0.4)) {
      failures.set(id, before + 1);
      return { status: chance.pick(FAILING), headers: { 'retry-after': '30' } };
    }
    accepted.set(id, (accepted.get(id) ?? 0) + 1);
    return { status: 204 };
  };

  const written = new Map<MessageId, { texts: string[]; isDeleted: boolean }>();
  /** Deleted, and acknowledged to be. */
  const gone = new Set<MessageId>();
  const goneSince = new Map<string, number>();
  async function write(user: string, server: number): Promise<void> {
    const device = await s.device(user, t.document, t.servers[server]?.rooms);
    const own: MessageId[] = [];
    for (let n = 0; n < CHANGES; n++) {
      const does = own.length === 0 ? 0 : chance.next();
      const text = `${user} ${n}`;
      const id = does < 0.5 ? device.say(text) : chance.pick(own);
      if (does < 0.5) {
        own.push(id);
        written.set(id, { texts: [text], isDeleted: false });
      } else if (does < 0.8) {
        device.edit(id, text);
        written.get(id)?.texts.push(text);
      } else {
        device.delete(id);
        own.splice(own.indexOf(id), 1);
        written.set(id, { texts: [], isDeleted: true });
      }
      await device.settled();
      if (does >= 0.8) gone.add(id);
    }
    expect(device.refusals).toEqual([]);
  }

  let isWriting = true;
  const writing = Promise.all([write('ana', 0), write('bo', 1)]).finally(() => {
    isWriting = false;
  });
  const waiting = async () =>
    (await s.rows(`select from webhook_deliveries where status = 'waiting' union all select from webhook_outbox`))
      .length;
  for (let turn = 0; isWriting || (await waiting()) > 0; turn++) {
    // The time that stands in a request says in which turn it was made, also when it arrives after its deliverer's death.
    const clock = { now: () => turn * 1_000 };
    const [first, other] = [s.delivererWith({ clock }), s.delivererWith({ clock, pool: second.pool, projector })];
    for (const id of gone) if (!goneSince.has(id)) goneSince.set(id, turn);
    if (turn === LEAVES) await pool.query(`delete from members where "user" = 'eve'`);
    await s.due();
    if (turn % 3 === 2) {
      // In the middle of what it does.
      onRequest = () => {
        onRequest = () => {};
        killed++;
        void other[Symbol.asyncDispose]();
      };
    }
    await Promise.all([projector.project(t.conversation), s.projector.project(t.conversation)]);
    await Promise.all([first.work(), other.work()]);
    onRequest = () => {};
    await Promise.all([first[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
  }
  await writing;

  const events = new Map<string, string>();
  const told = new Map<string, { types: Set<string>; texts: Set<string | null> }>();
  for (const { id, path, body, headers } of s.receiver.received) {
    const turn = Number(headers['webhook-timestamp']);
    if (turn >= LEAVES) expect(path).not.toBe('/hook/leaving');
    if (!('text' in body.data)) continue;
    if ((goneSince.get(body.data.id) ?? Number.POSITIVE_INFINITY) <= turn) expect(body.data.text).toBeNull();
    const event = `${path} ${body.type} ${body.data.id}`;
    expect(events.get(id) ?? event).toBe(event);
    events.set(id, event);
    const key = `${path} ${body.data.id}`;
    const known = told.get(key) ?? { types: new Set(), texts: new Set() };
    known.types.add(body.type);
    known.texts.add(body.data.text);
    told.set(key, known);
  }
  for (const [id, { texts, isDeleted }] of written) {
    const { types, texts: seen } = told.get(`/hook/all ${id}`) ?? { types: [], texts: [] };
    const toldDeleted = told.get(`/hook/deleted ${id}`)?.types ?? [];
    expect([...types]).toContain('message.created');
    if (isDeleted) for (const all of [types, toldDeleted]) expect([...all]).toContain('message.deleted');
    else if (texts.length > 1) expect([...types]).toContain('message.edited');
    expect([...seen]).toContain(isDeleted ? null : texts.at(-1));
  }
  // The run did its work, and nothing was told more often than deaths excuse.
  expect(gone.size).toBeGreaterThan(5);
  expect(failures.size).toBeGreaterThan(10);
  expect(killed).toBeGreaterThan(0);
  const repeated = [...accepted.values()].reduce((sum, times) => sum + times - 1, 0);
  expect(repeated).toBeLessThanOrEqual(killed * MAX_CHUNK * 3);
});
