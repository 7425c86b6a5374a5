/** Uploads and downloads: resumable, private, never run by a browser, and gone when they are to be gone. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createDirectoryBlobs } from '../files/directory-blobs.ts';
import { beginUpload, pictureWith, type Send, sendBytes, upload } from '../testing/upload.ts';
import { describeFileStorage } from './files.contract.ts';
import { read } from './testing.ts';
import { fileScene, head, idOf, name, sendAs, text } from './testing-files.ts';

describeFileStorage('a directory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-files-'));
  const [directory, away] = [join(folder, 'files'), join(folder, 'away')];
  await mkdir(directory);
  const empty = async () => {
    for (const file of await readdir(directory)) await rm(join(directory, file));
  };
  return {
    blobs: (records) => createDirectoryBlobs({ directory, records }),
    keys: () => readdir(directory),
    empty,
    async break() {
      await rename(directory, away);
      await writeFile(directory, 'no directory');
    },
    async mend() {
      await rm(directory);
      await rename(away, directory);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
});

describe('an upload', () => {
  test('is its owner’s business only', async () => {
    await using s = await fileScene();
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
    await using s = await fileScene();
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
});

describe('a download', () => {
  test('says what the bytes are, and lets no browser run them', async () => {
    await using s = await fileScene();
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

  test('is for members at that moment: who has left or was never in gets nothing', async () => {
    await using s = await fileScene();
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
