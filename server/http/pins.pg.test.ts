/** Pinned messages over HTTP: who pins, who hears of it, and what takes a pin away. */
import { expect, test } from 'vitest';
import type { Conversation, ConversationListItem } from '../../schema/http/conversations.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { MAX_PINS } from '../../schema/limits.ts';
import { deleteAccount } from '../account/delete-account.ts';
import { erasePinsOf } from '../database/pins.ts';
import { blocked } from '../database/testing.ts';
import { inTransaction } from '../database/transaction.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { rebuildDocument } from '../workers/rebuild.ts';
import { LIMITS } from './rate-limits.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

async function start(t: Edge, as: Person, body: { title?: string; memberIds: readonly string[] }) {
  const { id } = await read<Conversation>(await t.ask('POST', '/api/conversations', { as, body }));
  const path = `/api/conversations/${id}`;
  return {
    id,
    path,
    say: async (person: Person, text: string) =>
      (await read<{ id: MessageId }>(await t.ask('POST', `${path}/messages`, { as: person, body: { text } }))).id,
    pin: async (person: Person, message: string) =>
      (await t.ask('PUT', `${path}/pins/${message}`, { as: person })).status,
    unpin: async (person: Person, message: string) =>
      (await t.ask('DELETE', `${path}/pins/${message}`, { as: person })).status,
    pins: async (person: Person) => {
      const { pins } = await read<Conversation>(await t.ask('GET', path, { as: person }));
      return pins?.map(({ message }) => message);
    },
  };
}

const scene = async () => {
  const t = await startEdge();
  const [ana, bo, eve] = [await t.signUp('Ana'), await t.signUp('Bo'), await t.signUp('Eve')];
  return { t, ana, bo, eve, [Symbol.asyncDispose]: () => t[Symbol.asyncDispose]() };
};

test('[C9] in a direct conversation both pin and unpin, the newest pin stands first, and both hear of it at once', async () => {
  await using s = await scene();
  const { t, ana, bo, eve } = s;
  const talk = await start(t, ana, { memberIds: [bo.id] });
  const [first, second] = [await talk.say(ana, 'one'), await talk.say(bo, 'two')];
  expect(await talk.pins(ana)).toBeUndefined();
  expect(await talk.pin(bo, first)).toBe(200);
  expect(await talk.pin(ana, second)).toBe(200);
  expect(t.told).toEqual(Array(2).fill({ conversation: talk.id, members: expect.arrayContaining([ana.id, bo.id]) }));
  // What changes nothing is told to nobody, and moves nothing.
  expect(await talk.pin(ana, first)).toBe(200);
  expect(t.told).toHaveLength(2);
  const answer = await t.ask('GET', '/api/conversations', { as: bo });
  const { items } = await read<{ items: ConversationListItem[] }>(answer);
  expect(items[0]?.pins).toEqual([
    { message: second, by: ana.id, at: expect.any(Number) },
    { message: first, by: bo.id, at: expect.any(Number) },
  ]);
  expect(await talk.unpin(ana, first)).toBe(200);
  expect(await talk.unpin(ana, first)).toBe(200);
  expect(t.told).toHaveLength(3);
  expect(await talk.pins(bo)).toEqual([second]);
  expect([await talk.pin(eve, first), await talk.unpin(eve, second)]).toEqual([404, 404]);
  expect(await talk.pins(bo)).toEqual([second]);
});

test('[C9] in a group owners and admins pin, and only what stands in it', async () => {
  await using s = await scene();
  const { t, ana, bo } = s;
  const group = await start(t, ana, { title: 'Plans', memberIds: [bo.id] });
  const other = await start(t, ana, { title: 'Others', memberIds: [bo.id] });
  const message = await group.say(bo, 'one');
  expect(await group.pin(bo, message)).toBe(403);
  expect([await other.pin(ana, message), await group.pin(ana, '1-0')]).toEqual([404, 404]);
  await t.ask('PUT', `${group.path}/members/${bo.id}`, { as: ana, body: { role: 'admin' } });
  expect(await group.pin(bo, message)).toBe(200);
  await t.ask('PUT', `${group.path}/members/${bo.id}`, { as: ana, body: { role: 'member' } });
  expect(await group.unpin(bo, message)).toBe(403);
  expect(await group.pins(bo)).toEqual([message]);
});

test(`[C9] a conversation has ${MAX_PINS} pins at most, also when they come at the same moment`, async () => {
  await using s = await scene();
  const { t, ana, bo } = s;
  const talk = await start(t, ana, { memberIds: [bo.id] });
  const [first, second] = [await talk.say(ana, 'one'), await talk.say(bo, 'two')];
  await t.database.pool.query(
    `insert into pins (conversation, message, "user") select $1, n || '-0', $2 from generate_series(1, $3) n`,
    [talk.id, ana.id, MAX_PINS - 1],
  );
  const statuses = await Promise.all([talk.pin(ana, first), talk.pin(bo, second)]);
  expect(statuses.toSorted()).toEqual([200, 409]);
  expect(await talk.unpin(ana, '1-0')).toBe(200);
  expect([await talk.pin(ana, first), await talk.pin(ana, second)]).toEqual([200, 200]);
});

test('[P4] [C9] a deleted message loses its pin, and cannot be pinned any more; rows made anew say the same', async () => {
  await using s = await scene();
  const { t, ana, bo } = s;
  const talk = await start(t, ana, { memberIds: [bo.id] });
  const [gone, kept] = [await talk.say(ana, 'one'), await talk.say(ana, 'two')];
  for (const message of [gone, kept]) await talk.pin(bo, message);
  const device = new LocalDevice(ana.id as UserId);
  await device.join(t.rooms, `${talk.id}.0`);
  device.delete(gone);
  await device.settled();
  device.leave();
  // The list brings the rows up to date before it answers.
  await t.ask('GET', '/api/conversations', { as: bo });
  expect(await talk.pins(bo)).toEqual([kept]);
  expect(await talk.pin(bo, gone)).toBe(404);
  await rebuildDocument(t.database.pool, `${talk.id}.0` as Parameters<typeof rebuildDocument>[1]);
  expect(await talk.pins(bo)).toEqual([kept]);
});

test('[P4] [C9] who pins a message that is being deleted waits for the end of it, and pins nothing', async () => {
  await using s = await scene();
  const { t, ana, bo } = s;
  const talk = await start(t, ana, { memberIds: [bo.id] });
  const message = await talk.say(ana, 'one');
  const { pool } = t.database;
  await t.projector.project(talk.id as ConversationId);
  // What the projection does, until just before its commit.
  const client = await pool.connect();
  await client.query('begin');
  await client.query(`update messages set deleted_at = now(), deleted_by = $2, body = null where id = $1`, [
    message,
    ana.id,
  ]);
  await erasePinsOf(client, [{ conversation: talk.id as ConversationId, id: message }]);
  const pinned = talk.pin(bo, message);
  await Promise.race([blocked(pool), pinned]);
  await client.query('commit');
  client.release();
  expect(await pinned).toBe(404);
  expect((await pool.query('select from pins')).rowCount).toBe(0);
});

test('[P4] [C9] of a message that is pinned and deleted at the same moment no pin is left, whichever comes first', async () => {
  await using s = await scene();
  const { t, ana, bo } = s;
  const talk = await start(t, ana, { memberIds: [bo.id] });
  const messages: MessageId[] = [];
  for (let n = 0; n < 12; n++) messages.push(await talk.say(ana, `number ${n}`));
  const device = new LocalDevice(ana.id as UserId);
  await device.join(t.rooms, `${talk.id}.0`);
  const statuses: number[] = [];
  for (const message of messages) {
    const pinned = talk.pin(bo, message);
    device.delete(message);
    const [status] = await Promise.all([pinned, device.settled()]);
    statuses.push(status);
  }
  device.leave();
  expect([200, 404]).toEqual(expect.arrayContaining([...new Set(statuses)]));
  await t.ask('GET', '/api/conversations', { as: bo });
  expect(await talk.pins(bo)).toBeUndefined();
  expect((await t.database.pool.query('select from pins')).rowCount).toBe(0);
});

test('[C9] who pins and unpins without end is slowed down before everybody’s devices ask without end', async () => {
  await using t = await startEdge({ rateLimits: 'on' });
  const [ana, bo] = [await t.signUp('Ana'), await t.signUp('Bo')];
  const talk = await start(t, ana, { memberIds: [bo.id] });
  const message = await talk.say(ana, 'one');
  const statuses: number[] = [];
  for (let n = 0; n <= LIMITS.pin.points; n++)
    statuses.push(await (n % 2 === 0 ? talk.pin(ana, message) : talk.unpin(ana, message)));
  expect([statuses.filter((status) => status === 200).length, statuses.at(-1)]).toEqual([LIMITS.pin.points, 429]);
  expect(await talk.pin(bo, message)).toBe(200);
});

test('[A5] [C9] what somebody pinned stays when their account goes, and goes with the conversation', async () => {
  await using s = await scene();
  const { t, ana, bo } = s;
  const talk = await start(t, ana, { memberIds: [bo.id] });
  const group = await start(t, ana, { title: 'Plans', memberIds: [bo.id] });
  const [one, two] = [await talk.say(ana, 'one'), await group.say(ana, 'two')];
  expect([await talk.pin(bo, one), await group.pin(ana, two)]).toEqual([200, 200]);
  await inTransaction(t.database.pool, (client) => deleteAccount(client, { user: bo.id as UserId, erase: false }));
  expect(await talk.pins(ana)).toEqual([one]);
  expect(await talk.unpin(ana, one)).toBe(200);
  await t.ask('DELETE', group.path, { as: ana });
  expect((await t.database.pool.query('select from pins')).rowCount).toBe(0);
});
