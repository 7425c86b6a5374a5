/** What people say of themselves, and pictures of people and groups: over HTTP, in notices, and gone when they must be. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Conversation, Me } from '../../schema/http/conversations.ts';
import type { UserId } from '../../schema/ids.ts';
import { MAX_NAME_CHARACTERS, MAX_PICTURE_BYTES, MAX_STATUS_CHARACTERS } from '../../schema/limits.ts';
import { deleteAccount } from '../account/delete-account.ts';
import { putPicture } from '../account/pictures.ts';
import { blocked } from '../database/testing.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Notices } from '../fan-out/fan-out.ts';
import { LIMITS } from './rate-limits.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const icon = new Uint8Array(await readFile(new URL('../../client/public/icons/icon-192.png', import.meta.url)));
const other = new Uint8Array(await readFile(new URL('../../client/public/icons/apple-touch.png', import.meta.url)));

const me = async (t: Edge, as: Person) => read<Me>(await t.ask('GET', '/api/me', { as }));
const patch = (t: Edge, as: Person, body: object) => t.ask('PATCH', '/api/me', { as, body });
const put = (t: Edge, as: Person, path: string, raw: Uint8Array<ArrayBuffer>) =>
  t.ask('PUT', path, { as, raw, headers: { 'content-type': 'image/png' } });
const idOf = async (response: Response) => (await read<{ picture: string }>(response)).picture;
const seen = async (t: Edge, as: Person, id: string) => (await t.ask('GET', `/api/pictures/${id}`, { as })).status;
const start = async (t: Edge, as: Person, others: readonly Person[], title?: string) =>
  read<Conversation>(
    await t.ask('POST', '/api/conversations', {
      as,
      body: { ...(title && { title }), memberIds: others.map(({ id }) => id) },
    }),
  );
const found = async (t: Edge, as: Person, id: string) =>
  read<Conversation>(await t.ask('GET', `/api/conversations/${id}`, { as }));
const stored = async (t: Edge) => (await t.database.pool.query('select from pictures')).rowCount;

async function people() {
  const t = await startEdge();
  const [ana, bo, cy] = [await t.signUp('Ana'), await t.signUp('Bo'), await t.signUp('Cy')];
  const notices: Notices['person'][] = [];
  t.fanOut.subscribe('person', (notice) => void notices.push(notice));
  return Object.assign(t, { ana, bo, cy, notices });
}

describe('[A14] name and status', () => {
  test('are told to those who share a conversation, and to nobody else', async () => {
    await using t = await people();
    const { ana, bo, cy, notices } = t;
    const { id } = await start(t, ana, [bo]);
    await start(t, bo, [cy]);
    const answer = await patch(t, ana, { name: '  Ana Berg ', status: '🌊 at sea' });
    expect(await read(answer)).toEqual({ ...(await me(t, ana)), name: 'Ana Berg', status: '🌊 at sea' });
    expect(notices).toEqual([
      { id: ana.id, name: 'Ana Berg', status: '🌊 at sea', people: expect.arrayContaining([ana.id, bo.id]) },
    ]);
    expect(notices[0]?.people.length).toBe(2);
    expect((await found(t, bo, id)).members).toContainEqual(
      expect.objectContaining({ id: ana.id, name: 'Ana Berg', status: '🌊 at sea' }),
    );
    await patch(t, ana, { status: null });
    expect(await me(t, ana)).not.toHaveProperty('status');
    expect(notices[1]).not.toHaveProperty('status');
  });

  test('are told, too, when the name was changed by the older way', async () => {
    await using t = await people();
    await t.ask('POST', '/api/auth/update-user', { as: t.ana, body: { name: 'Anouk' } });
    expect(t.notices).toEqual([{ id: t.ana.id, name: 'Anouk', people: [t.ana.id] }]);
  });

  test('are told to everybody so often and no more, whichever way they are changed', async () => {
    await using t = await startEdge({ rateLimits: 'on' });
    const ana = await t.signUp('Ana');
    const ways = [
      (n: number) => patch(t, ana, { status: `${n}` }),
      (n: number) => t.ask('POST', '/api/auth/update-user', { as: ana, body: { name: `Ana ${n}` } }),
    ];
    for (const change of ways) {
      const statuses: number[] = [];
      for (let n = 0; n <= LIMITS.profile.points; n++) statuses.push((await change(n)).status);
      expect([statuses.at(-2), statuses.at(-1)]).toEqual([200, 429]);
    }
  });

  test('are told later to whoever could not be told', async () => {
    await using t = await people();
    const { id } = await start(t, t.ana, [t.bo]);
    const changedAt = async () =>
      (
        await t.database.pool.query<{ at: string }>('select changed_at::text as at from conversations where id = $1', [
          id,
        ])
      ).rows[0]?.at;
    const before = await changedAt();
    await patch(t, t.ana, { status: 'here' });
    expect(await changedAt()).not.toBe(before);
  });

  test('[P4] are not changed by a request that was let in just before the account ended', async () => {
    await using t = await people();
    await start(t, t.ana, [t.bo]);
    const { pool } = t.database;
    const changes: [person: Person, change: () => Promise<Response>][] = [
      [t.ana, () => patch(t, t.ana, { name: 'Somebody is back', status: 'and well' })],
      [t.bo, () => t.ask('POST', '/api/auth/update-user', { as: t.bo, body: { name: 'Somebody is back' } })],
    ];
    for (const [{ id }, change] of changes) {
      const client = await pool.connect();
      await client.query('begin');
      await deleteAccount(client, { user: id as UserId, erase: true });
      const late = change();
      await blocked(pool);
      await client.query('commit');
      client.release();
      await late;
    }
    expect(t.notices).toEqual([]);
    const { rows } = await pool.query<{ row: string }>('select users::text as row from users');
    expect(rows.map(({ row }) => row).join()).not.toMatch(/Somebody is back|and well/);
  });

  test('are refused when they are no line, or too long', async () => {
    await using t = await people();
    const refused: [why: string, body: object][] = [
      ['nothing', {}],
      ['an empty name', { name: '  ' }],
      ['no name', { name: null }],
      ['a long name', { name: 'x'.repeat(MAX_NAME_CHARACTERS + 1) }],
      ['a name of two lines', { name: 'Ana\nBerg' }],
      ['a name that nobody sees', { name: '\u3164\u200b' }],
      ['a name that turns what stands behind it', { name: 'Ana\u202e' }],
      ['an empty status', { status: '' }],
      ['a long status', { status: 'x'.repeat(MAX_STATUS_CHARACTERS + 1) }],
      ['a status with a control character', { status: 'a\u0007b' }],
    ];
    for (const [why, body] of refused) expect((await patch(t, t.ana, body)).status, why).toBe(422);
    expect(t.notices).toEqual([]);
  });
});

describe('[A15] the picture of a person', () => {
  test('is served to who is signed in, kept by no browser, under its id, until it is replaced or removed', async () => {
    await using t = await people();
    const { ana, bo, notices } = t;
    const first = await idOf(await put(t, ana, '/api/me/picture', icon));
    expect((await me(t, ana)).picture).toBe(first);
    expect(notices.at(-1)?.picture).toBe(first);
    const response = await t.ask('GET', `/api/pictures/${first}`, { as: bo });
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(icon);
    expect(response.headers.get('content-type')).toBe('image/png');
    // What a browser kept by itself would outlive the picture, the account and its erasure.
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('content-security-policy')).toContain('sandbox');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await t.ask('GET', `/api/pictures/${first}`)).status).toBe(401);
    const [person] = (await read<{ items: object[] }>(await t.ask('GET', '/api/users?query=ana', { as: bo }))).items;
    expect(person).toEqual({ id: ana.id, name: 'Ana', picture: first });

    const second = await idOf(await put(t, ana, '/api/me/picture', other));
    expect(second).not.toBe(first);
    expect([await seen(t, bo, first), await seen(t, bo, second)]).toEqual([404, 200]);
    // The same bytes of another person are another picture.
    expect(await idOf(await put(t, bo, '/api/me/picture', other))).not.toBe(second);
    expect((await t.ask('DELETE', '/api/me/picture', { as: ana })).status).toBe(204);
    expect(await seen(t, bo, second)).toBe(404);
    expect(await me(t, ana)).not.toHaveProperty('picture');
    expect(notices.at(-1)).not.toHaveProperty('picture');
  });

  test('goes with the account, and so does the status', async () => {
    await using t = await people();
    await put(t, t.ana, '/api/me/picture', icon);
    await patch(t, t.ana, { status: 'soon gone' });
    const { id } = await start(t, t.ana, [t.bo]);
    await inTransaction(t.database.pool, (client) => deleteAccount(client, { user: t.ana.id as UserId, erase: false }));
    expect(await stored(t)).toBe(0);
    expect(JSON.stringify(await found(t, t.bo, id))).not.toContain('soon gone');
    const { rows } = await t.database.pool.query<{ row: string }>('select users::text as row from users');
    expect(rows.map(({ row }) => row).join()).not.toContain('soon gone');
  });

  test('[P4] that is sent while the account ends, or after it has ended, is nowhere', async () => {
    await using t = await people();
    const { pool } = t.database;
    const shown = { user: t.ana.id };
    const picture = { bytes: Buffer.from(icon), type: 'image/png' } as const;
    const client = await pool.connect();
    try {
      await client.query('begin');
      await deleteAccount(client, { user: t.ana.id as UserId, erase: true });
      const late = putPicture(pool, shown, picture);
      await blocked(pool);
      await client.query('commit');
      expect(await late).toBeUndefined();
    } finally {
      client.release();
    }
    expect(await putPicture(pool, shown, picture)).toBeUndefined();
    expect(await stored(t)).toBe(0);
    expect((await put(t, t.ana, '/api/me/picture', icon)).status).toBe(401);
  });

  test('is one of two that are sent at the same moment, and the other one is nowhere', async () => {
    await using t = await people();
    const ids = await Promise.all(
      [icon, other].map(async (bytes) => idOf(await put(t, t.ana, '/api/me/picture', bytes))),
    );
    const worn = (await me(t, t.ana)).picture;
    expect(ids).toContain(worn);
    expect(await stored(t)).toBe(1);
    const statuses = await Promise.all(ids.map((id) => seen(t, t.bo, id)));
    expect(statuses.toSorted()).toEqual([200, 404]);
  });

  test('is a picture to browsers whatever its sender calls it, and tells nobody else anything', async () => {
    await using t = await people();
    const raw = { as: t.ana, raw: icon, headers: { 'content-type': 'text/html' } };
    const id = await idOf(await t.ask('PUT', '/api/me/picture', raw));
    const response = await t.ask('GET', `/api/pictures/${id}`, { as: t.bo });
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cross-origin-resource-policy': 'same-origin',
    });
    for (const wrong of [id.slice(0, -1), `${id}0`, id.toUpperCase(), '%00', '..%2Fme', "'--", '_'.repeat(64)])
      expect([400, 404], wrong).toContain((await t.ask('GET', `/api/pictures/${wrong}`, { as: t.bo })).status);
  });

  test('is refused when it is not one, says where it was taken, or is too large', async () => {
    await using t = await people();
    const refused: [what: string, bytes: Uint8Array][] = [
      ['a page', new TextEncoder().encode('<!doctype html><script>alert(1)</script>')],
      ['a drawing with scripts', new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"></svg>')],
      ['a GIF', new TextEncoder().encode('GIF89a')],
      ['nothing', new Uint8Array()],
      [
        'a JPEG that says where it was taken',
        Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, 20, ...new TextEncoder().encode('Exif\0\0')]),
      ],
      [
        'a WebP that does',
        Uint8Array.from([...new TextEncoder().encode('RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0'), 0x08, ...new Uint8Array(16)]),
      ],
      [
        'a PNG that does',
        Uint8Array.from([...icon.slice(0, 33), 0, 0, 0, 0, ...new TextEncoder().encode('eXIf'), ...icon.slice(33)]),
      ],
    ];
    for (const [what, bytes] of refused)
      expect((await put(t, t.ana, '/api/me/picture', new Uint8Array(bytes))).status, what).toBe(422);
    expect(await stored(t)).toBe(0);
    const sized = (bytes: number) => {
      const filler = Buffer.alloc(bytes - icon.length);
      filler.writeUInt32BE(filler.length - 12);
      filler.write('iCCP', 4);
      return new Uint8Array(Buffer.concat([icon.slice(0, 33), filler, icon.slice(33)]));
    };
    expect((await put(t, t.ana, '/api/me/picture', sized(MAX_PICTURE_BYTES + 1))).status).toBe(413);
    expect((await put(t, t.ana, '/api/me/picture', sized(MAX_PICTURE_BYTES))).status).toBe(200);
  });
});

describe('[C8] the picture of a group', () => {
  test('is set and removed by owners and admins, and all members hear of it', async () => {
    await using t = await people();
    const { ana, bo, cy } = t;
    const { id } = await start(t, ana, [bo], 'Garden');
    const path = `/api/conversations/${id}/picture`;
    expect((await put(t, bo, path, icon)).status).toBe(403);
    expect((await put(t, cy, path, icon)).status).toBe(404);
    expect((await put(t, ana, path, new TextEncoder().encode('x'))).status).toBe(422);
    expect((await t.ask('DELETE', path, { as: bo })).status).toBe(403);
    await t.ask('PUT', `/api/conversations/${id}/members/${bo.id}`, { as: ana, body: { role: 'admin' } });
    t.told.length = 0;
    const picture = await idOf(await put(t, bo, path, icon));
    expect(t.told).toEqual([{ conversation: id, members: expect.arrayContaining([ana.id, bo.id]) }]);
    expect((await found(t, ana, id)).picture).toBe(picture);
    const { items } = await read<{ items: Conversation[] }>(await t.ask('GET', '/api/conversations', { as: ana }));
    expect(items[0]?.picture).toBe(picture);
    expect((await t.ask('DELETE', path, { as: ana })).status).toBe(204);
    expect(await found(t, bo, id)).not.toHaveProperty('picture');
    expect(await seen(t, ana, picture)).toBe(404);

    await put(t, ana, path, icon);
    await t.ask('DELETE', `/api/conversations/${id}`, { as: ana });
    expect(await stored(t)).toBe(0);
  });

  test('a direct conversation has none', async () => {
    await using t = await people();
    const { id } = await start(t, t.ana, [t.bo]);
    expect((await put(t, t.ana, `/api/conversations/${id}/picture`, icon)).status).toBe(409);
  });
});
