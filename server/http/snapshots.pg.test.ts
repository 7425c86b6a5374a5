import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { Snapshot, SnapshotContents, TakenSnapshot } from '../../schema/http/snapshots.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

async function conversation(t: Edge) {
  const ana = await t.signUp('Ana');
  const bob = await t.signUp('Bob');
  const made = await t.ask('POST', '/api/conversations', { as: ana, body: { memberIds: [bob.id] } });
  const { id } = await read<Conversation>(made);
  const one = `/api/conversations/${id}`;
  const post = async (as: Person, text: string) =>
    read<{ id: string; seq: number }>(await t.ask('POST', `${one}/messages`, { as, body: { text } }));
  const take = (as: Person, query = '') => t.ask('POST', `${one}/snapshots${query}`, { as });
  const list = async (as: Person) =>
    (await read<{ items: Snapshot[] }>(await t.ask('GET', `${one}/snapshots`, { as }))).items;
  const fetch = (as: Person, seq: number | string, query = '') =>
    t.ask('GET', `${one}/snapshots/${seq}${query}`, { as });
  return { ana, bob, id, one, post, take, list, fetch };
}

describe('snapshots', () => {
  test('are taken of what is committed, listed, and read as bytes and as a timeline', async () => {
    await using t = await startEdge();
    const { ana, bob, post, take, list, fetch } = await conversation(t);
    const first = await post(ana, 'Hello');
    const taken = await take(bob);
    expect(taken.status).toBe(201);
    expect(await read<TakenSnapshot>(taken)).toEqual({ epoch: 0, seq: first.seq });
    const second = await post(bob, 'Hi');
    expect(await read(await take(ana))).toEqual({ epoch: 0, seq: second.seq });
    const items = await list(bob);
    expect(items.map(({ epoch, seq }) => [epoch, seq])).toEqual([
      [0, second.seq],
      [0, first.seq],
    ]);
    for (const { createdAt } of items) expect(Math.abs(createdAt - Date.now())).toBeLessThan(10_000);

    const bytes = new Uint8Array(await (await fetch(bob, first.seq)).arrayBuffer());
    expect(bytes.length).toBe(items[1]?.bytes);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, bytes);
    expect(doc.getArray('messages').toJSON()).toMatchObject([{ id: first.id, text: 'Hello' }]);

    const contents = await read<SnapshotContents>(await fetch(ana, second.seq, '?format=json&epoch=0'));
    expect(contents).toMatchObject({ epoch: 0, seq: second.seq, receipts: {} });
    expect(contents.messages).toMatchObject([
      { id: first.id, from: ana.id, text: 'Hello' },
      { id: second.id, from: bob.id, text: 'Hi' },
    ]);
  });

  test('are kept as many as configured; whoever asks for another is told which there are', async () => {
    await using t = await startEdge();
    const { ana, post, take, list, fetch } = await conversation(t);
    for (let n = 1; n <= 5; n++) {
      await post(ana, `number ${n}`);
      await take(ana);
    }
    expect((await list(ana)).map(({ seq }) => seq)).toEqual([5, 4, 3]);
    const response = await fetch(ana, 2);
    expect(response.status).toBe(404);
    expect(await read(response)).toMatchObject({ detail: expect.stringContaining('kept are: 5, 4, 3') });
    expect((await fetch(ana, 3, '?format=json')).status).toBe(200);
  });

  test('of nothing are none, of nothing new the newest', async () => {
    await using t = await startEdge();
    const { ana, post, take, list, fetch } = await conversation(t);
    expect((await take(ana)).status).toBe(409);
    expect(await list(ana)).toEqual([]);
    expect(await read(await fetch(ana, 1))).toMatchObject({ detail: expect.stringContaining('kept are: none') });
    await post(ana, 'Hello');
    const taken = await read(await take(ana));
    expect(await read(await take(ana))).toEqual(taken);
    expect(await list(ana)).toHaveLength(1);
  });

  test('are for members, of epochs that exist', async () => {
    await using t = await startEdge();
    const { ana, one, post, take, fetch } = await conversation(t);
    const eve = await t.signUp('Eve');
    const { seq } = await post(ana, 'Hello');
    await take(ana);
    expect((await take(eve)).status).toBe(404);
    expect((await fetch(eve, seq)).status).toBe(404);
    expect((await t.ask('GET', `${one}/snapshots`, { as: eve })).status).toBe(404);
    expect((await take(ana, '?epoch=1')).status).toBe(404);
    expect((await fetch(ana, seq, '?epoch=1')).status).toBe(404);
    for (const query of ['?epoch=-1', '?epoch=x', '?format=xml'])
      expect((await fetch(ana, seq, query)).status).toBe(400);
    expect((await fetch(ana, 'x')).status).toBe(400);
  });
});
