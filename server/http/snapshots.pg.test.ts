import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { Snapshot, SnapshotContents, Snapshots, TakenSnapshot } from '../../schema/http/snapshots.ts';
import type { MessageId } from '../../schema/ids.ts';
import { LocalDevice } from '../testing/local-device.ts';
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
  const texts = async (seq: number) =>
    (await read<SnapshotContents>(await fetch(ana, seq, '?format=json'))).messages.map(({ text }) => text);
  return { ana, bob, id, one, post, take, list, fetch, texts };
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

  test('[N3] are fetched in every format, with a tag and a checksum of what comes', async () => {
    await using t = await startEdge();
    const { ana, bob, id, post, take, list, fetch } = await conversation(t);
    const first = await post(ana, 'one <b>');
    await post(bob, 'two');
    const { seq } = await read<TakenSnapshot>(await take(ana));
    const formats = { yjs: 'octet-stream', json: 'json', ndjson: 'x-ndjson', html: 'html' };
    for (const [format, type] of Object.entries(formats)) {
      const response = await fetch(bob, seq, `?format=${format}`);
      expect(response.headers.get('content-type')).toContain(type);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const hash = createHash('sha256').update(bytes);
      expect(response.headers.get('repr-digest')).toBe(`sha-256=:${hash.copy().digest('base64')}:`);
      const tag = response.headers.get('etag') as string;
      expect(tag).toBe(`"${hash.copy().digest('base64url')}"`);
      if (format === 'yjs') expect((await list(ana))[0]?.sha256).toBe(hash.copy().digest('hex'));
      const text = new TextDecoder().decode(bytes);
      if (format === 'html') expect(text).toContain('one &lt;b&gt;');
      if (format === 'ndjson') {
        expect(text).toMatch(/^\{.*\}\n\{.*\}\n$/);
        expect(JSON.parse(text.split('\n')[0] as string)).toMatchObject({ conversation: id, id: first.id, epoch: 0 });
      }
      const again = await t.ask('GET', `/api/conversations/${id}/snapshots/${seq}?format=${format}`, {
        as: bob,
        headers: { 'if-none-match': `"other", W/${tag}` },
      });
      expect(again.status).toBe(304);
      expect(again.headers.get('etag')).toBe(tag);
      expect(await again.text()).toBe('');
    }
  });

  test('[N4] and every entry after the newest one are points in time, while the journal has them', async () => {
    await using t = await startEdge();
    const { ana, one, post, take, fetch, texts } = await conversation(t);
    await post(ana, 'one');
    const { seq } = await read<TakenSnapshot>(await take(ana));
    await post(ana, 'two');
    await post(ana, 'three');
    expect(await texts(seq + 1)).toEqual(['one', 'two']);
    expect(await texts(seq + 2)).toEqual(['one', 'two', 'three']);
    const { journal } = await read<Snapshots>(await t.ask('GET', `${one}/snapshots`, { as: ana }));
    expect(journal).toEqual({ from: seq + 1, to: seq + 2 });
    expect((await fetch(ana, seq + 3)).status).toBe(404);
    await take(ana);
    expect(await texts(seq)).toEqual(['one']);
    const gone = await fetch(ana, seq + 1);
    expect(gone.status).toBe(404);
    expect(await read(gone)).toMatchObject({ detail: expect.stringContaining(`kept are: ${seq + 2}, ${seq}`) });
  });

  test('[P4] and points in time never show what was edited or deleted since, be the erasing entry merged or not', async () => {
    await using t = await startEdge();
    const { ana, id, post, take, texts, fetch } = await conversation(t);
    const secret = await post(ana, 'a secret');
    await post(ana, 'a plan');
    const { seq } = await read<TakenSnapshot>(await take(ana));
    await post(ana, 'between');
    const former = (await fetch(ana, seq)).headers.get('etag');
    const device = new LocalDevice(ana.id);
    await device.join(t.rooms, `${id}.0`);
    device.delete(secret.id as MessageId);
    await device.settled();
    expect(await texts(seq)).toEqual(['a plan']);
    expect(await texts(seq + 1)).toEqual(['a plan', 'between']);
    const bytes = Buffer.from(await (await fetch(ana, seq + 1)).arrayBuffer());
    expect(bytes.includes('a secret')).toBe(false);
    expect((await fetch(ana, seq)).headers.get('etag')).not.toBe(former);
    await take(ana);
    expect(await texts(seq)).toEqual(['a plan']);
  });
});
