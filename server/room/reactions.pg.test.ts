/** Reactions over real sockets, and what becomes of them in rows, in the API and when their message or their giver goes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReactionCount } from '../../schema/document/reactions.ts';
import { type DocumentId, messageId } from '../../schema/ids.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import type { Device } from '../testing/device.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import { rebuildDocument } from '../workers/rebuild.ts';
import { columnsHolding } from '../workers/testing.ts';

let database: TestDatabase;
let server: TestServer;
let ana: Person;
let bo: Person;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ databaseUrl: database.url });
  [ana, bo] = (await Promise.all(['ana', 'bo'].map((name) => server.signUp(name)))) as [Person, Person];
});

afterAll(async () => {
  expect(server.lines.filter((line) => line.includes('broke the room'))).toEqual([]);
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const dispose = (device: Device): void => device[Symbol.dispose]();

/** A group of both with a message of ana. */
async function group() {
  const document = (await server.group(ana, [bo])) as DocumentId;
  const one = await server.device(ana, document);
  const two = await server.device(bo, document);
  const id = one.say('from ana');
  await one.settled();
  await two.until(() => two.texts().length === 1, 'the message');
  return { document, ana: one, bo: two, id, [Symbol.dispose]: () => [one, two].forEach(dispose) };
}

interface Answered {
  readonly id: string;
  readonly reactions?: readonly ReactionCount[];
}

/** What the API says of the messages of a document's conversation. */
async function listed(document: string): Promise<Answered[]> {
  const response = await server.ask('GET', `/api/conversations/${document.split('.')[0]}/messages`, ana);
  return ((await response.json()) as { items: Answered[] }).items;
}

async function changed(since?: string): Promise<{ messages: Answered[]; cursor: string }> {
  const response = await server.ask('GET', `/api/messages/sync${since ? `?since=${since}` : ''}`, ana);
  return (await response.json()) as { messages: Answered[]; cursor: string };
}

test('a reaction reaches the others, the messages of the API and whoever asks what has changed', async () => {
  using scene = await group();
  const { document, id } = scene;
  const { cursor } = await changed();
  scene.bo.react(id, '🎉', '👍');
  scene.ana.react(id, '👍');
  await scene.bo.settled();
  await scene.ana.settled();
  await scene.ana.until(() => scene.ana.reactions.size === 2, 'the reaction of bo');
  const expected = [
    { emoji: '🎉', users: [bo.id] },
    { emoji: '👍', users: [ana.id, bo.id].sort() },
  ].sort((a, b) => (a.emoji < b.emoji ? -1 : 1));
  expect(await listed(document)).toMatchObject([{ id, reactions: expected }]);
  const news = await changed(cursor);
  expect(news.messages).toMatchObject([{ id, reactions: expected }]);
  scene.bo.react(id);
  await scene.bo.settled();
  expect((await changed(news.cursor)).messages).toMatchObject([{ id, reactions: [{ emoji: '👍', users: [ana.id] }] }]);
  scene.ana.react(id);
  await scene.ana.settled();
  expect(await listed(document)).toEqual([expect.not.objectContaining({ reactions: expect.anything() })]);
});

test('what is made again from the journal has the same reactions', async () => {
  using scene = await group();
  const { document, id } = scene;
  const other = scene.bo.say('from bo');
  scene.ana.react(id, '👍');
  scene.bo.react(id, '❤️');
  scene.bo.react(id, '🎉');
  await scene.bo.settled();
  await scene.ana.settled();
  const before = await listed(document);
  expect(before.find((message) => message.id === id)?.reactions).toHaveLength(2);
  expect(before.find((message) => message.id === other)).not.toHaveProperty('reactions');
  await rebuildDocument(server.pool, document);
  expect(await listed(document)).toEqual(before);
});

test('[P4] with a message its reactions go from the documents, the journal, the snapshots and the rows', async () => {
  using scene = await group();
  const { document, id } = scene;
  scene.bo.react(id, '🦭');
  await scene.bo.settled();
  const taken = await server.ask('POST', `/api/conversations/${document.split('.')[0]}/snapshots`, ana);
  expect(taken.status).toBe(201);
  expect(await listed(document)).toMatchObject([{ reactions: [{ emoji: '🦭' }] }]);
  await scene.ana.until(() => scene.ana.reactions.size === 1, 'the reaction');
  scene.ana.delete(id);
  await scene.ana.settled();
  await scene.bo.until(() => scene.bo.reactions.size === 0, 'the end of the reaction');
  expect(await listed(document)).toEqual([expect.not.objectContaining({ reactions: expect.anything() })]);
  await expect.poll(() => columnsHolding(server.pool, '🦭'), { timeout: 20_000 }).toEqual([]);
  for (const device of [scene.ana, scene.bo]) expect(Buffer.from(device.state()).includes('🦭')).toBe(false);
});

test('a reaction that breaks a rule is refused by its id, and the next one works', async () => {
  using scene = await group();
  const { id } = scene;
  const toNothing = scene.bo.react(messageId(4711, 0), '👍');
  const noEmoji = scene.bo.react(id, 'not one');
  await scene.bo.settled();
  expect(scene.bo.refusals).toMatchObject([
    { kind: 'not-found', ids: [toNothing] },
    { kind: 'bad-text', ids: [noEmoji] },
  ]);
  scene.bo.react(id, '👍');
  await scene.bo.settled();
  await scene.ana.until(() => scene.ana.reactions.get(`${bo.id}/${id}`)?.emoji.includes('👍'), 'the reaction');
  expect(await columnsHolding(server.pool, 'not one')).toEqual([]);
});
