/** Uploads and downloads: resumable, private, never run by a browser, and gone when they are to be gone. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { FileId } from '../../schema/document/files.ts';
import type { UserId } from '../../schema/ids.ts';
import { deleteAccount } from '../account/delete-account.ts';
import { beginUpload, pictureWith, type Send, sendBytes, upload } from '../testing/upload.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const sendAs =
  (t: Edge, as: Person): Send =>
  (method, path, headers, raw) =>
    t.ask(method, path, { as, headers, ...(raw && { raw }) });

async function scene() {
  const t = await startEdge();
  const ana = await t.signUp('Ana');
  const bo = await t.signUp('Bo');
  const body = { title: 'Sea', memberIds: [bo.id] };
  const { id: conversation } = await read<{ id: string }>(await t.ask('POST', '/api/conversations', { as: ana, body }));
  return { t, ana, bo, conversation, asAna: sendAs(t, ana), asBo: sendAs(t, bo), ...t };
}

const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);
const idOf = (begun: Response): FileId => begun.headers.get('location')?.split('/').at(-1) as FileId;
const head = (send: Send, id: string) => send('HEAD', `/api/files/${id}`, { 'tus-resumable': '1.0.0' });

/** The file belongs to a message from now on, as a commit would have it. */
const name = (t: Edge, id: string) => t.database.pool.query("update files set message = 'a-1' where id = $1", [id]);

describe('an upload', () => {
  test('goes on where it broke off, and is readable when all of it is there', async () => {
    await using s = await scene();
    const bytes = pictureWith('from one shore to the other');
    const begun = await beginUpload(s.asAna, { conversation: s.conversation, bytes });
    const id = idOf(begun);
    expect((await sendBytes(s.asAna, id, bytes.slice(0, 40))).headers.get('upload-offset')).toBe('40');
    expect((await s.asAna('GET', `/api/files/${id}`, {})).status).toBe(404);
    expect((await head(s.asAna, id)).headers.get('upload-offset')).toBe('40');
    const wrong = await sendBytes(s.asAna, id, bytes.slice(50), 50);
    expect(wrong.status).toBe(409);
    expect((await sendBytes(s.asAna, id, bytes.slice(40), 40)).status).toBe(204);
    const answer = await s.asAna('GET', `/api/files/${id}`, {});
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
    // And no byte of it ever changes.
    expect((await sendBytes(s.asAna, id, text('more'), bytes.length)).status).toBe(413);
    expect((await sendBytes(s.asAna, id, text('other'), 0)).status).toBe(409);
  });

  test('whose server died after the last byte is completed by the next question', async () => {
    await using s = await scene();
    const bytes = pictureWith('');
    const id = idOf(await beginUpload(s.asAna, { conversation: s.conversation, bytes }));
    await writeFile(join(s.directory, id), bytes);
    expect((await s.asAna('GET', `/api/files/${id}`, {})).status).toBe(404);
    expect((await head(s.asAna, id)).headers.get('upload-offset')).toBe(`${bytes.length}`);
    expect((await s.asAna('GET', `/api/files/${id}`, {})).status).toBe(200);
  });

  test('is its owner’s business only', async () => {
    await using s = await scene();
    const bytes = pictureWith('');
    const id = idOf(await beginUpload(s.asAna, { conversation: s.conversation, bytes }));
    expect((await sendBytes(s.asBo, id, bytes)).status).toBe(404);
    expect((await head(s.asBo, id)).status).toBe(404);
    expect((await s.asBo('DELETE', `/api/files/${id}`, {})).status).toBe(404);
    await sendBytes(s.asAna, id, bytes);
    // Nobody sees it before a message names it.
    expect((await s.asBo('GET', `/api/files/${id}`, {})).status).toBe(404);
    await name(s.t, id);
    expect((await s.asBo('GET', `/api/files/${id}`, {})).status).toBe(200);
    expect((await s.asAna('DELETE', `/api/files/${id}`, {})).status).toBe(404);
  });

  test('needs a conversation of one’s own, a name, a type, a length and room', async () => {
    await using s = await scene();
    const cy = await s.t.signUp('Cy');
    const bytes = pictureWith('');
    const { conversation, asAna } = s;
    const status = async (...[send, options]: Parameters<typeof beginUpload>) =>
      (await beginUpload(send, options)).status;
    expect(await status(sendAs(s.t, cy), { conversation, bytes })).toBe(404);
    expect(await status(asAna, { conversation: 'none', bytes })).toBe(404);
    expect(await status(asAna, { conversation, bytes, name: '../x' })).toBe(400);
    expect(await status(asAna, { conversation, bytes, type: 'nonsense' })).toBe(400);
    expect(await status(asAna, { conversation, bytes: text('') })).toBe(400);
    expect(await status(asAna, { conversation, bytes: new Uint8Array(1024 * 1024 + 1) })).toBe(413);
    const large = new Uint8Array(1024 * 1024);
    // An account may hold two megabytes here, however many begin at once.
    const begun = await Promise.all([1, 2, 3, 4].map(() => status(asAna, { conversation, bytes: large })));
    expect(begun.toSorted()).toEqual([201, 201, 413, 413]);
    const beyond = await beginUpload(asAna, { conversation, bytes });
    expect(await read<{ detail: string }>(beyond)).toMatchObject({
      status: 413,
      detail: expect.stringContaining('account'),
    });
  });

  test('takes no byte more than it was begun with', async () => {
    await using s = await scene();
    const id = idOf(await beginUpload(s.asAna, { conversation: s.conversation, bytes: text('four') }));
    expect((await sendBytes(s.asAna, id, text('too many'))).status).toBe(413);
    const headers = {
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    };
    await s.asAna('PATCH', `/api/files/${id}`, headers, text('too many')).catch(() => undefined);
    expect((await readFile(join(s.directory, id))).length).toBeLessThanOrEqual(4);
  });
});

describe('a download', () => {
  test('says what the bytes are, and lets no browser run them', async () => {
    await using s = await scene();
    const { conversation } = s;
    const page = await upload(s.asAna, {
      conversation,
      bytes: text('<script>alert(1)</script>'),
      name: 'a "quoted" 概要.png',
    });
    const saved = (await s.asAna('GET', `/api/files/${page.id}`, {})).headers;
    expect(saved.get('content-type')).toBe('application/octet-stream');
    expect(saved.get('content-disposition')).toBe(
      `attachment; filename="a _quoted_ __.png"; filename*=UTF-8''a%20%22quoted%22%20%E6%A6%82%E8%A6%81.png`,
    );
    const svg = await upload(s.asAna, { conversation, bytes: text('<svg xmlns="http://www.w3.org/2000/svg"/>') });
    expect((await s.asAna('GET', `/api/files/${svg.id}`, {})).headers.get('content-type')).toBe(
      'application/octet-stream',
    );
    const picture = await upload(s.asAna, { conversation, bytes: pictureWith(''), name: 'a.html', type: 'text/html' });
    const shown = (await s.asAna('GET', `/api/files/${picture.id}`, {})).headers;
    expect(shown.get('content-type')).toBe('image/png');
    expect(shown.get('content-disposition')).toMatch(/^inline; /);
    for (const headers of [saved, shown]) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'");
      // A copy in a cache would outlive the message.
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test('answers ranges, and 304 to who has it', async () => {
    await using s = await scene();
    const { id } = await upload(s.asAna, { conversation: s.conversation, bytes: text('0123456789') });
    const ask = (headers: Record<string, string>) => s.asAna('GET', `/api/files/${id}`, headers);
    const part = await ask({ range: 'bytes=2-4' });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    expect(await (await ask({ range: 'bytes=-3' })).text()).toBe('789');
    expect(await (await ask({ range: 'bytes=8-99' })).text()).toBe('89');
    expect((await ask({ range: 'bytes=10-' })).status).toBe(416);
    expect(await (await ask({ range: 'bytes=0-1,4-5' })).text()).toBe('0123456789');
    const etag = (await ask({})).headers.get('etag') ?? '';
    expect((await ask({ 'if-none-match': etag })).status).toBe(304);
    const whole = await s.asAna('HEAD', `/api/files/${id}`, {});
    expect([whole.status, whole.headers.get('content-length'), await whole.text()]).toEqual([200, '10', '']);
  });

  test('is for members at that moment: who has left or was never in gets nothing', async () => {
    await using s = await scene();
    const cy = sendAs(s.t, await s.t.signUp('Cy'));
    const { id } = await upload(s.asAna, { conversation: s.conversation, bytes: pictureWith('') });
    await name(s.t, id);
    const status = async (send: Send) => (await send('GET', `/api/files/${id}`, {})).status;
    expect([await status(s.asBo), await status(cy)]).toEqual([200, 404]);
    await s.t.ask('DELETE', `/api/conversations/${s.conversation}/members/${s.bo.id}`, { as: s.bo });
    expect(await status(s.asBo)).toBe(404);
    expect((await s.t.ask('GET', `/api/files/${id}`)).status).toBe(401);
  });
});

describe('[P4] bytes are removed', () => {
  async function uploaded(s: Awaited<ReturnType<typeof scene>>): Promise<FileId> {
    const { id } = await upload(s.asAna, { conversation: s.conversation, bytes: pictureWith('') });
    expect(await readdir(s.directory)).toEqual([id]);
    return id;
  }

  const left = async (s: Awaited<ReturnType<typeof scene>>) => {
    await s.fileRemover.work();
    const { rows } = await s.database.pool.query<{ id: string }>('select id from files');
    return { bytes: await readdir(s.directory), rows: rows.map(({ id }) => id) };
  };
  const NOTHING = { bytes: [], rows: [] };

  test('when their conversation is deleted', async () => {
    await using s = await scene();
    const id = await uploaded(s);
    await name(s.t, id);
    expect((await left(s)).bytes).toEqual([id]);
    await s.t.ask('DELETE', `/api/conversations/${s.conversation}`, { as: s.ana });
    expect(await left(s)).toEqual(NOTHING);
  });

  test('when no message has named them for a day, complete or not', async () => {
    await using s = await scene();
    const id = await uploaded(s);
    await beginUpload(s.asAna, { conversation: s.conversation, bytes: text('unfinished') });
    await s.database.pool.query("update files set created_at = now() - interval '23 hours'");
    expect((await left(s)).rows).toHaveLength(2);
    await s.database.pool.query("update files set created_at = now() - interval '25 hours'");
    expect(await left(s)).toEqual(NOTHING);
    expect((await sendBytes(s.asAna, id, text(''), 0)).status).toBe(404);
  });

  test('with the account, where no message names them', async () => {
    await using s = await scene();
    await uploaded(s);
    const client = await s.database.pool.connect();
    await deleteAccount(client, { user: s.ana.id as UserId, erase: false });
    client.release();
    expect(await left(s)).toEqual(NOTHING);
  });

  test('also when a server died between the disk and the database, on either side', async () => {
    await using s = await scene();
    const id = await uploaded(s);
    await s.database.pool.query('update files set erased_at = now() where id = $1', [id]);
    // The bytes went, the row did not.
    await rm(join(s.directory, id));
    expect(await left(s)).toEqual(NOTHING);
    // The row was written, the bytes never were.
    await s.database.pool.query(
      `insert into files (id, "user", conversation, name, type, size, created_at) values ($1, $2, $3, 'a', 'a/b', 1, now() - interval '2 days')`,
      ['0'.repeat(25), s.ana.id, s.conversation],
    );
    expect(await left(s)).toEqual(NOTHING);
  });

  test('and an upload that goes on meanwhile brings nothing back', async () => {
    await using s = await scene();
    const bytes = pictureWith('');
    const id = idOf(await beginUpload(s.asAna, { conversation: s.conversation, bytes }));
    await sendBytes(s.asAna, id, bytes.slice(0, 10));
    await s.asAna('DELETE', `/api/files/${id}`, {});
    expect((await sendBytes(s.asAna, id, bytes.slice(10), 10)).status).toBe(404);
    expect(await left(s)).toEqual(NOTHING);
  });
});
