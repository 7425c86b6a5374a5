/** What `/api/files` promises wherever the bytes lie. `open` makes a place for them. */
import { describe, expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import { deleteAccount } from '../account/delete-account.ts';
import type { BlobStore, UploadRecords } from '../files/blob-store.ts';
import { beginUpload, pictureWith, sendBytes, upload } from '../testing/upload.ts';
import { fileScene, head, idOf, name, text } from './testing-files.ts';

export interface TestStorage extends AsyncDisposable {
  blobs(records: UploadRecords): BlobStore | Promise<BlobStore>;
  /** Names of everything that lies there. */
  keys(): Promise<readonly string[]>;
  /** Nobody reaches it, until it is mended. */
  break(): Promise<void>;
  mend(): Promise<void>;
  /** Everything in it is lost. */
  empty(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;

export function describeFileStorage(where: string, open: () => Promise<TestStorage>): void {
  async function scene() {
    const storage = await open();
    const fileLimits = { maxBytes: 8 * MEBIBYTE, quotaBytes: 16 * MEBIBYTE };
    const s = await fileScene({ blobs: (records) => storage.blobs(records), fileLimits });
    const status = async (id: string) => (await s.asAna('GET', `/api/files/${id}`, {})).status;
    const bytesOf = async (id: string) =>
      new Uint8Array(await (await s.asAna('GET', `/api/files/${id}`, {})).arrayBuffer());
    return {
      ...{ ...s, storage, status, bytesOf },
      begin: async (bytes: Uint8Array<ArrayBuffer>) =>
        idOf(await beginUpload(s.asAna, { conversation: s.conversation, bytes })),
      uploaded: async () => (await upload(s.asAna, { conversation: s.conversation, bytes: pictureWith('') })).id,
      /** What is left when everything was removed that is to be removed. */
      async left() {
        await s.fileRemover.work();
        const { rows } = await s.database.pool.query<{ id: string }>('select id from files');
        return { keys: await storage.keys(), rows: rows.map(({ id }) => id) };
      },
      async [Symbol.asyncDispose]() {
        await s[Symbol.asyncDispose]();
        await storage[Symbol.asyncDispose]();
      },
    };
  }
  const NOTHING = { keys: [], rows: [] };

  describe(`an upload to ${where}`, () => {
    test('goes on where it broke off, and is readable when all of it is there', async () => {
      await using s = await scene();
      const bytes = pictureWith('from one shore to the other');
      const id = await s.begin(bytes);
      expect((await sendBytes(s.asAna, id, bytes.slice(0, 40))).headers.get('upload-offset')).toBe('40');
      expect(await s.status(id)).toBe(404);
      expect((await head(s.asAna, id)).headers.get('upload-offset')).toBe('40');
      expect((await sendBytes(s.asAna, id, bytes.slice(50), 50)).status).toBe(409);
      expect((await sendBytes(s.asAna, id, bytes.slice(40, 60), 40)).status).toBe(204);
      expect((await sendBytes(s.asAna, id, bytes.slice(60), 60)).status).toBe(204);
      expect(await s.bytesOf(id)).toEqual(bytes);
      // And no byte of it ever changes.
      expect((await sendBytes(s.asAna, id, text('more'), bytes.length)).status).toBe(413);
      expect((await sendBytes(s.asAna, id, text('other'), 0)).status).toBe(409);
    });

    test('may be of many megabytes and in pieces of any size', async () => {
      await using s = await scene();
      const bytes = new Uint8Array(7 * MEBIBYTE).map((_, index) => (index * 7 + (index >> 12)) & 255);
      const id = await s.begin(bytes);
      for (const [from, to] of [
        [0, 2 * MEBIBYTE],
        [2 * MEBIBYTE, 6.5 * MEBIBYTE],
        [6.5 * MEBIBYTE, 7 * MEBIBYTE],
      ] as const)
        expect((await sendBytes(s.asAna, id, bytes.slice(from, to), from)).status).toBe(204);
      expect(Buffer.compare(await s.bytesOf(id), bytes)).toBe(0);
    });

    test('whose server died after the last byte is completed by the next question', async () => {
      await using s = await scene();
      const id = await s.uploaded();
      await s.database.pool.query('update files set completed_at = null, sniffed = null');
      expect(await s.status(id)).toBe(404);
      expect((await head(s.asAna, id)).headers.get('upload-offset')).toBe(`${pictureWith('').length}`);
      expect(await s.status(id)).toBe(200);
    });

    test('takes no byte more than it was begun with', async () => {
      await using s = await scene();
      const id = await s.begin(text('four'));
      expect((await sendBytes(s.asAna, id, text('too many'))).status).toBe(413);
      const headers = {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      };
      await s.asAna('PATCH', `/api/files/${id}`, headers, text('too many')).catch(() => undefined);
      expect(Number((await head(s.asAna, id)).headers.get('upload-offset'))).toBeLessThanOrEqual(4);
    });

    test('whose bytes are lost is gone: who is told so begins anew', async () => {
      await using s = await scene();
      const bytes = pictureWith('a second time');
      const id = await s.begin(bytes);
      await sendBytes(s.asAna, id, bytes.slice(0, 40));
      await s.storage.empty();
      expect((await head(s.asAna, id)).status).toBeOneOf([404, 410]);
      expect(await s.status(id)).toBe(404);
    });

    test('is whole when as many bytes lie there as were promised, and only then', async () => {
      await using s = await scene();
      const id = await s.uploaded();
      const { length } = pictureWith('');
      expect([await s.blobs.seal(id, length), await s.blobs.seal(id, length + 1)]).toEqual([true, false]);
      await s.storage.empty();
      expect(await s.blobs.seal(id, length)).toBe(false);
    });

    test('is answered with 503 while nobody reaches the place, and goes on afterwards', async () => {
      await using s = await scene();
      const bytes = pictureWith('and back');
      const id = await s.begin(bytes);
      await sendBytes(s.asAna, id, bytes.slice(0, 40));
      await s.storage.break();
      const asked = [
        await beginUpload(s.asAna, { conversation: s.conversation, bytes }),
        await sendBytes(s.asAna, id, bytes.slice(40), 40),
        await head(s.asAna, id),
      ];
      expect(asked.map((answer) => answer.status)).toEqual([503, 503, 503]);
      expect(await asked[0]?.json()).toMatchObject({ status: 503, detail: expect.stringContaining('store of files') });
      await s.storage.mend();
      expect((await head(s.asAna, id)).headers.get('upload-offset')).toBe('40');
      expect((await sendBytes(s.asAna, id, bytes.slice(40), 40)).status).toBe(204);
      expect(await s.bytesOf(id)).toEqual(bytes);
    });
  });

  describe(`a download from ${where}`, () => {
    test('answers the whole and ranges, and 304 to who has it', async () => {
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

    test('of what is lost is 404, and of what nobody reaches 503', async () => {
      await using s = await scene();
      const id = await s.uploaded();
      await s.storage.break();
      expect(await s.status(id)).toBe(503);
      await s.storage.mend();
      expect(await s.status(id)).toBe(200);
      await s.storage.empty();
      expect(await s.status(id)).toBe(404);
      expect(s.lines.some((line) => line.includes('the bytes of a file are lost'))).toBe(true);
    });
  });

  describe(`[P4] bytes are removed from ${where}`, () => {
    test('when their conversation is deleted, also where nobody reached them at first', async () => {
      await using s = await scene();
      const id = await s.uploaded();
      await name(s.t, id);
      expect((await s.left()).rows).toEqual([id]);
      await s.t.ask('DELETE', `/api/conversations/${s.conversation}`, { as: s.ana });
      await s.storage.break();
      await expect(s.fileRemover.work()).rejects.toThrow();
      await s.storage.mend();
      expect(await s.left()).toEqual(NOTHING);
    });

    test('when no message has named them for a day, complete or not', async () => {
      await using s = await scene();
      const id = await s.uploaded();
      const unfinished = await s.begin(text('unfinished'));
      await sendBytes(s.asAna, unfinished, text('unfin'));
      await s.database.pool.query("update files set created_at = now() - interval '23 hours'");
      expect((await s.left()).rows).toHaveLength(2);
      await s.database.pool.query("update files set created_at = now() - interval '25 hours'");
      expect(await s.left()).toEqual(NOTHING);
      expect((await sendBytes(s.asAna, id, text(''), 0)).status).toBe(404);
    });

    test('with the account, where no message names them', async () => {
      await using s = await scene();
      await s.uploaded();
      const client = await s.database.pool.connect();
      await deleteAccount(client, { user: s.ana.id as UserId, erase: false });
      client.release();
      expect(await s.left()).toEqual(NOTHING);
    });

    test('also when a server died between the bytes and the database, on either side', async () => {
      await using s = await scene();
      const id = await s.uploaded();
      await s.database.pool.query('update files set erased_at = now() where id = $1', [id]);
      // The bytes went, the row did not.
      await s.storage.empty();
      expect(await s.left()).toEqual(NOTHING);
      // The row was written, the bytes never were.
      await s.database.pool.query(
        `insert into files (id, "user", conversation, name, type, size, created_at) values ($1, $2, $3, 'a', 'a/b', 1, now() - interval '2 days')`,
        ['0'.repeat(25), s.ana.id, s.conversation],
      );
      expect(await s.left()).toEqual(NOTHING);
    });

    test('and an upload that goes on meanwhile brings nothing back', async () => {
      await using s = await scene();
      const bytes = pictureWith('');
      const id = await s.begin(bytes);
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const writer = writable.getWriter();
      const sending = s.t.app.request(`${s.t.origin}/api/files/${id}`, {
        method: 'PATCH',
        headers: {
          ...{ authorization: s.ana.bearer, host: new URL(s.t.origin).host },
          ...{ 'tus-resumable': '1.0.0', 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
        },
        body: readable,
        duplex: 'half',
      } as RequestInit);
      await writer.write(bytes.slice(0, 10));
      await s.asAna('DELETE', `/api/files/${id}`, {});
      expect((await s.left()).rows).toEqual([]);
      await writer.write(bytes.slice(10, 20));
      await writer.close();
      await sending;
      expect(await s.left()).toEqual(NOTHING);
      expect((await sendBytes(s.asAna, id, bytes.slice(20), 20)).status).toBe(404);
    });
  });
}
