/** Files of messages over real sockets: who may name which, and what becomes of them with the message. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FileId, MessageFile } from '../../schema/document/files.ts';
import { parseDocumentId } from '../../schema/ids.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import { pictureWith, type Send, type UploadOptions, upload } from '../testing/upload.ts';

let database: TestDatabase;
let server: TestServer;
let ana: Person;
let bo: Person;

/** So that a conversation is over after five messages. */
const epochLimits = { messages: 5, bytes: 1_000_000, writers: 100 };

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({ databaseUrl: database.url, epochLimits });
  [ana, bo] = (await Promise.all(['ana', 'bo'].map((name) => server.signUp(name)))) as [Person, Person];
});

afterAll(async () => {
  expect(server.lines.filter((line) => line.includes('broke the room'))).toEqual([]);
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const as =
  (person: Person): Send =>
  (method, path, headers, body) =>
    fetch(server.url + path, { method, headers: { authorization: person.bearer, ...headers }, ...(body && { body }) });

const conversationOf = (document: string): string => parseDocumentId(document as never)?.conversation ?? '';

function uploaded(person: Person, document: string, options: Partial<UploadOptions> = {}): Promise<MessageFile> {
  return upload(as(person), { conversation: conversationOf(document), bytes: pictureWith('the sea'), ...options });
}

async function group() {
  const document = await server.group(ana, [bo]);
  const device = await server.device(ana, document);
  const other = await server.device(bo, document);
  return {
    ...{ document, device, other },
    [Symbol.dispose]() {
      for (const each of [device, other]) each[Symbol.dispose]();
    },
  };
}

describe('a message with files', () => {
  test('reaches others with them, without text too, and an edit keeps them', async () => {
    using scene = await group();
    const { device, other, document } = scene;
    const file = { ...(await uploaded(ana, document)), width: 1, height: 1 };
    const id = device.attach([file]);
    await device.settled();
    expect(device.refusals).toEqual([]);
    await other.until(() => other.texts().length === 1, 'the picture');
    expect(other.timeline()).toMatchObject([{ id, text: '', files: [file] }]);
    device.edit(id, 'with words');
    device.edit(id, '');
    await device.settled();
    expect(device.refusals).toEqual([]);
    await other.catchUp();
    expect(other.timeline()).toMatchObject([{ id, text: '', files: [file], editedAt: expect.any(Number) }]);
    const path = `/api/conversations/${conversationOf(document)}/messages/${id}`;
    expect(await (await server.ask('GET', path, bo)).json()).toMatchObject({ text: '', files: [file] });
  });

  test('that were uploaded before the epoch ended goes into the next one with them', async () => {
    using scene = await group();
    const { device, other, document } = scene;
    const file = await uploaded(ana, document);
    device.disconnect();
    const id = device.attach([file], 'late');
    for (let n = 0; n < epochLimits.messages; n++) other.say(`fills the epoch ${n}`);
    await other.settled();
    await device.connect();
    expect(device.refusals).toEqual([]);
    const next = await server.device(bo, `${conversationOf(document)}.1`);
    await next.until(() => next.texts().length === 1, 'the late message');
    expect(next.timeline()).toMatchObject([{ id, text: 'late', files: [file] }]);
    next[Symbol.dispose]();
    expect((await as(bo)('GET', `/api/files/${file.id}`, {})).status).toBe(200);
  });

  describe('is refused with no-file, goes nowhere, and what follows it works:', () => {
    type Scene = Awaited<ReturnType<typeof group>>;
    const cases: readonly (readonly [string, (scene: Scene) => Promise<MessageFile>])[] = [
      ["somebody else's file", ({ document }) => uploaded(bo, document)],
      ['a file of another conversation', async () => uploaded(ana, await server.group(ana, [bo]))],
      [
        'a file that nobody uploaded',
        async () => ({ id: 'z'.repeat(25) as FileId, name: 'a', type: 'a/b', size: 1 }) as MessageFile,
      ],
      [
        'a file under another name',
        async ({ document }) => ({ ...(await uploaded(ana, document)), name: 'other.png' }),
      ],
      ['a file of another type', async ({ document }) => ({ ...(await uploaded(ana, document)), type: 'text/html' })],
      ['a file of another size', async ({ document }) => ({ ...(await uploaded(ana, document)), size: 5 })],
      [
        'a file of another message',
        async ({ document, device }) => {
          const file = await uploaded(ana, document);
          device.attach([file], 'the first');
          await device.settled();
          return file;
        },
      ],
      [
        'a file whose bytes have not all come',
        async ({ document }) => {
          const file = await uploaded(ana, document);
          await server.pool.query('update files set completed_at = null where id = $1', [file.id]);
          return file;
        },
      ],
      [
        'a file that was given up',
        async ({ document }) => {
          const file = await uploaded(ana, document);
          const gone = await as(ana)('DELETE', `/api/files/${file.id}`, { 'tus-resumable': '1.0.0' });
          expect(gone.status).toBe(204);
          return file;
        },
      ],
    ];
    test.each(cases)('%s', async (_, make) => {
      using scene = await group();
      const { device, other } = scene;
      const file = await make(scene);
      const before = device.texts();
      const id = device.attach([file], 'a caption of what is not there');
      device.say('what follows');
      await device.settled();
      expect(device.refusals).toEqual([{ is: 'refusal', ids: [id], kind: 'no-file' }]);
      await other.until(() => other.texts().includes('what follows'), 'what follows');
      await other.catchUp();
      expect(other.texts()).toEqual([...before, 'what follows']);
    });
  });

  test('whose file two messages of one update name is taken once', async () => {
    using scene = await group();
    const { device, document } = scene;
    const file = await uploaded(ana, document);
    device.disconnect();
    device.attach([file], 'first');
    const second = device.attach([file], 'second');
    await device.connect();
    expect(device.refusals).toEqual([{ is: 'refusal', ids: [second], kind: 'no-file' }]);
    expect(device.texts()).toEqual(['first']);
  });
});

test('[P4] a deleted message takes its files along: nobody reads them from that moment on, and the bytes go', async () => {
  using scene = await group();
  const { device, document } = scene;
  const file = await uploaded(ana, document);
  const id = device.attach([file]);
  await device.settled();
  const bytes = await as(bo)('GET', `/api/files/${file.id}`, {});
  expect(Buffer.from(await bytes.arrayBuffer()).includes('the sea')).toBe(true);
  expect(await readdir(join(server.dataDir, 'files'))).toContain(file.id);
  device.delete(id);
  await device.settled();
  expect(device.timeline()[0]).not.toHaveProperty('files');
  expect((await as(bo)('GET', `/api/files/${file.id}`, {})).status).toBe(404);
  expect((await as(ana)('GET', `/api/files/${file.id}`, {})).status).toBe(404);
  await expect.poll(() => readdir(join(server.dataDir, 'files')), { timeout: 20_000 }).not.toContain(file.id);
  const { rows } = await server.pool.query('select files from messages where id = $1', [id]);
  expect(rows).toEqual([{ files: null }]);
});
