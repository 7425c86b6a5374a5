/** What an archive holds, and that another installation made from it says the same. */
import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import type { MessageFile } from '../../schema/document/files.ts';
import { REACTIONS } from '../../schema/document/reactions.ts';
import type { ArchivedAccount, ArchivedConversation, ArchiveManifest } from '../../schema/export/archive.ts';
import type { Conversation, ConversationListItem } from '../../schema/http/conversations.ts';
import { accountId, messageId, type UserId } from '../../schema/ids.ts';
import { pictureId } from '../account/pictures.ts';
import { type Edge, type Person, read, startEdge } from '../http/testing.ts';
import { sendAs } from '../http/testing-files.ts';
import { LocalDevice } from '../testing/local-device.ts';
import { pictureWith, upload } from '../testing/upload.ts';
import { importArchive } from './import-archive.ts';
import { Archive, BrokenArchive } from './read-archive.ts';
import { livedConversation, SMALL_EPOCHS } from './testing.ts';
import { writeArchive } from './write-archive.ts';

const start = () => startEdge({ epochLimits: SMALL_EPOCHS });

async function people(t: Edge) {
  return { ana: await t.signUp('Ana'), bo: await t.signUp('Bo'), cy: await t.signUp('Cy') };
}

async function archiveOf(t: Edge, as: Person): Promise<Uint8Array> {
  const response = await t.ask('GET', '/api/me/export', { as });
  expect(response.status).toBe(200);
  return new Uint8Array(await response.arrayBuffer());
}

const filesOf = (zip: Uint8Array): Map<string, string> =>
  new Map(Object.entries(unzipSync(zip)).map(([path, bytes]) => [path, new TextDecoder('latin1').decode(bytes)]));

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

const exportOf = async (t: Edge, as: Person, id: string): Promise<string> =>
  (await t.ask('GET', `/api/conversations/${id}/export`, { as })).text();

async function importInto(t: Edge, zip: Uint8Array, people: Record<string, string> = {}) {
  const imported = importArchive({
    pool: t.database.pool,
    archive: new Archive(zip),
    people: new Map(Object.entries(people)),
    blobs: t.blobs,
  });
  return collect(imported);
}

/** The archive with some files changed, and a manifest that agrees. */
function forge(zip: Uint8Array, change: (path: string, text: string) => string): Uint8Array {
  const files = unzipSync(zip);
  const manifest = JSON.parse(new TextDecoder().decode(files['manifest.json'])) as ArchiveManifest;
  for (const file of manifest.files) {
    const bytes = Buffer.from(
      change(file.path, Buffer.from(files[file.path] as Uint8Array).toString('latin1')),
      'latin1',
    );
    files[file.path] = bytes;
    file.sha256 = createHash('sha256').update(bytes).digest('hex');
  }
  files['manifest.json'] = Buffer.from(JSON.stringify(manifest));
  return zipSync(files);
}

describe('the archive of an account', () => {
  test('[X3] holds every conversation of the person, with checksums, and says how many messages are to come', async () => {
    await using t = await start();
    const everybody = await people(t);
    const { ana, bo, cy } = everybody;
    const { id } = await livedConversation(t, everybody);
    const direct = { as: ana, body: { memberIds: [bo.id] } };
    const other = await read<Conversation>(await t.ask('POST', '/api/conversations', direct));
    await t.ask('PATCH', '/api/me', { as: ana, body: { status: 'At sea' } });
    const kept = new LocalDevice(ana.id);
    await kept.join(t.rooms, accountId(ana.id as UserId));
    kept.doc.getMap('stars').set(`${id}/1-0`, { at: 5 });
    kept.doc.getMap('drafts').set(id, { text: 'begun', at: 6 });
    await kept.settled();
    kept.leave();
    const response = await t.ask('GET', '/api/me/export', { as: ana });
    expect(response.headers.get('tidewire-messages')).toBe('10');
    const zip = new Uint8Array(await response.arrayBuffer());
    const files = unzipSync(zip);
    const text = (path: string) => new TextDecoder().decode(files[path]);
    const manifest = JSON.parse(text('manifest.json')) as ArchiveManifest;
    expect(Object.keys(files)).toEqual([...manifest.files.map(({ path }) => path), 'manifest.json']);
    expect(manifest.messages).toBe(10);
    for (const { path, bytes, sha256 } of manifest.files) {
      expect(files[path]?.length).toBe(bytes);
      expect(
        createHash('sha256')
          .update(files[path] as Uint8Array)
          .digest('hex'),
      ).toBe(sha256);
    }
    const account = JSON.parse(text('account.json')) as ArchivedAccount;
    expect(account).toMatchObject({
      account: { id: ana.id, email: ana.email, status: 'At sea' },
      ...{ stars: { [`${id}/1-0`]: { at: 5 } }, drafts: { [id]: { text: 'begun', at: 6 } } },
    });
    expect(account.conversations.map((each) => each.id).toSorted()).toEqual([id, other.id].toSorted());
    const lines = [0, 1, 2].map((epoch) => text(`conversations/${id}/00000${epoch}.ndjson`)).join('');
    expect(lines).toBe(await exportOf(t, ana, id));
    for (const [path, bytes] of Object.entries(files))
      for (const gone of ['to be taken', '"one"', '"six"'])
        expect(Buffer.from(bytes).includes(gone), `${gone} in ${path}`).toBe(false);
    for (const kept of ['one, edited', 'six, edited']) expect(lines).toContain(kept);
    const conversation = JSON.parse(text(`conversations/${id}/conversation.json`)) as ArchivedConversation;
    expect(conversation.people.map((person) => [person.id, person.email]).toSorted()).toEqual(
      [
        [ana.id, ana.email],
        [bo.id, undefined],
        [cy.id, undefined],
      ].toSorted(),
    );
  });

  test('[X4] imported into an empty installation is exported from it as the same lines, and people go on', async () => {
    await using from = await start();
    const everybody = await people(from);
    const { ana, bo, cy } = everybody;
    const { id } = await livedConversation(from, everybody);
    const direct = { as: ana, body: { memberIds: [cy.id] } };
    const other = await read<Conversation>(await from.ask('POST', '/api/conversations', direct));
    await from.ask('POST', `/api/conversations/${other.id}/messages`, { as: cy, body: { text: 'before I go' } });
    const others = { as: bo, body: { memberIds: [cy.id] } };
    const theirs = await read<Conversation>(await from.ask('POST', '/api/conversations', others));
    await from.database.pool.query('update users set email = null, deleted_at = now() where id = $1', [cy.id]);
    await from.database.pool.query('delete from pictures where "user" = $1', [cy.id]);
    const zip = await archiveOf(from, ana);

    await using to = await start();
    const imported = await importInto(to, zip);
    expect(imported).toEqual([
      { id, title: 'Plans', refused: undefined, messages: 10 },
      { id: other.id, title: null, refused: undefined, messages: 1 },
    ]);
    const there = await to.signIn(ana);
    const again = await archiveOf(to, there);
    const [first, second] = [filesOf(zip), filesOf(again)];
    expect([...second.keys()]).toEqual([...first.keys()]);
    for (const [path, text] of first)
      if (path !== 'account.json' && path !== 'manifest.json') expect(second.get(path), path).toBe(text);
    // Of the group and of bo; cy, who had one, is gone.
    expect([...first.keys()].filter((path) => path.startsWith('pictures/'))).toHaveLength(2);
    const { members, picture } = await read<Conversation>(
      await to.ask('GET', `/api/conversations/${id}`, { as: there }),
    );
    const bos = members.find((member) => member.id === bo.id)?.picture;
    for (const worn of [picture, bos])
      expect((await to.ask('GET', `/api/pictures/${worn}`, { as: there })).status).toBe(200);
    for (const each of [id, other.id]) {
      const lines = await exportOf(from, ana, each);
      expect(lines).not.toBe('');
      expect(await exportOf(to, there, each)).toBe(lines);
    }
    const unread = async (t: Edge, as: Person) => {
      const answer = await t.ask('GET', '/api/conversations', { as });
      const { items } = await read<{ items: ConversationListItem[] }>(answer);
      return items.find((item) => item.id === id)?.unread;
    };
    expect(await unread(to, await to.signIn(bo))).toBe(await unread(from, bo));

    // Cy, who is gone here by now, too, is in a conversation that bo brings.
    expect(await importInto(to, await archiveOf(from, bo))).toMatchObject([
      { id, refused: 'it exists already' },
      { id: theirs.id, refused: undefined },
    ]);
    const { rows: gone } = await to.database.pool.query('select id from users where deleted_at is not null');
    expect(gone).toEqual([{ id: cy.id }]);

    const said = await to.ask('POST', `/api/conversations/${id}/messages`, { as: there, body: { text: 'here now' } });
    expect(said.status).toBe(201);
    expect(await exportOf(to, there, id)).toContain('here now');
    const { rows } = await to.database.pool.query(
      'select 1 from users u where deleted_at is null and exists (select from accounts where "user" = u.id)',
    );
    expect(rows).toEqual([]);
  });

  test('[X3] [X4] attached files go along with their bytes, but not those of deleted messages, and are files there', async () => {
    await using from = await start();
    const [ana, bo] = [await from.signUp('Ana'), await from.signUp('Bo')];
    const body = { title: 'Pictures', memberIds: [bo.id] };
    const { id } = await read<Conversation>(await from.ask('POST', '/api/conversations', { as: ana, body }));
    const device = new LocalDevice(ana.id);
    await device.join(from.rooms, `${id}.0`);
    const send = async (words: string, type = 'image/png', more: Partial<MessageFile> = {}) => {
      const options = { conversation: id, bytes: pictureWith(words), name: `${words}.png`, type };
      const file = { ...(await upload(sendAs(from, ana), options)), ...more };
      const message = messageId(device.doc.clientID, device.clock);
      device.messages.push([{ id: message, from: device.user, at: Date.now(), text: '', files: [file] }]);
      await device.settled();
      return { message, file };
    };
    const [kept, gone, lost] = [await send('kept'), await send('gone'), await send('lost')];
    const voice = { duration: 12_400, peaks: '0v'.repeat(24) };
    const said = await send('said', 'audio/webm', voice);
    device.delete(gone.message);
    await device.settled();
    device.leave();
    await from.blobs.remove(lost.file.id);
    const zip = await archiveOf(from, bo);
    const files = unzipSync(zip);
    expect(Object.keys(files).filter((path) => path.startsWith('files/'))).toEqual([
      `files/${said.file.id}`,
      `files/${kept.file.id}`,
    ]);
    const { left } = JSON.parse(new TextDecoder().decode(files['manifest.json'])) as ArchiveManifest;
    expect(left).toEqual([lost.file.id]);
    expect(Buffer.from(zip).includes('gone')).toBe(false);

    await using to = await start();
    expect(await importInto(to, zip)).toMatchObject([{ refused: undefined, messages: 4 }]);
    const there = await to.signIn(bo);
    const fetchFile = () => to.ask('GET', `/api/files/${kept.file.id}`, { as: there });
    const answer = await fetchFile();
    expect(answer.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(pictureWith('kept'));
    expect((await to.ask('GET', `/api/files/${lost.file.id}`, { as: there })).status).toBe(404);
    const exported = await exportOf(to, there, id);
    expect(exported).toBe(await exportOf(from, bo, id));
    expect(exported).toContain(`"peaks":"${voice.peaks}"`);
    expect(exported).toContain(`"duration":${voice.duration}`);
    await to.ask('DELETE', `/api/conversations/${id}`, { as: await to.signIn(ana) });
    await to.fileRemover.work();
    expect(await readdir(to.directory)).toEqual([]);

    const swapped = forge(zip, (path, text) => (path.startsWith('files/') ? `${text}!` : text));
    await using third = await start();
    await expect(importInto(third, swapped)).rejects.toThrow(BrokenArchive);
  });

  test('[X4] finds people by email, by who the operator says they are, or makes accounts nobody can sign in to', async () => {
    await using from = await start();
    const everybody = await people(from);
    const { ana, bo, cy } = everybody;
    const { id, replicas } = await livedConversation(from, everybody);
    const zip = await archiveOf(from, ana);

    await using to = await start();
    const here = { ana: await to.signUp('Ana'), robert: await to.signUp('Robert') };
    expect(await importInto(to, zip, { [bo.id]: 'nobody@example.org' })).toMatchObject([
      { refused: 'there is no account nobody@example.org for Bo' },
    ]);
    expect(await importInto(to, zip, { [bo.id]: here.ana.id })).toMatchObject([
      { refused: 'two of its people would be the same account here' },
    ]);
    expect((await to.database.pool.query('select from users')).rowCount).toBe(2);
    expect(await importInto(to, zip, { [bo.id]: here.robert.email })).toMatchObject([{ refused: undefined }]);
    // Robert wears what he wants to; cy, who is nobody here yet, what the archive says.
    const worn = await to.database.pool.query<{ user: string | null }>('select "user" from pictures order by "user"');
    expect(worn.rows.map(({ user }) => user)).toEqual([cy.id, null]);
    const rename = (text: string) => text.replaceAll(ana.id, here.ana.id).replaceAll(bo.id, here.robert.id);
    const lines = (text: string) => text.split('\n').map((line) => line && (JSON.parse(line) as object));
    expect(lines(await exportOf(to, here.robert, id))).toEqual(lines(rename(await exportOf(from, ana, id))));
    const copies = await Promise.all(
      [0, 1, 2].map(async (epoch) => {
        const device = new LocalDevice(here.ana.id);
        await device.join(to.rooms, `${id}.${epoch}`);
        return device;
      }),
    );
    const originals = await replicas();
    expect(copies.flatMap(({ texts }) => texts)).toEqual(originals.flatMap(({ texts }) => texts));
    expect(copies[0]?.receipts.toJSON()).toEqual({ [here.robert.id]: originals[0]?.receipts.toJSON()[bo.id] });
    const reactionsIn = (device: LocalDevice | undefined) => device?.doc.getMap(REACTIONS).toJSON();
    expect(reactionsIn(copies[0])).toEqual(JSON.parse(rename(JSON.stringify(reactionsIn(originals[0])))));
    expect(Object.keys(reactionsIn(copies[0]) ?? {})).toEqual([expect.stringContaining(`${here.robert.id}/`)]);
    const { items } = await read<{ items: { id: string; name: string }[] }>(
      await to.ask('GET', '/api/users?query=cy', { as: here.ana }),
    );
    expect(items).toMatchObject([{ id: cy.id, name: 'Cy' }]);
  });

  test('[X4] is imported once: what exists is left alone, and each conversation is here wholly or not at all', async () => {
    await using from = await start();
    const everybody = await people(from);
    const { ana } = everybody;
    const one = await livedConversation(from, everybody);
    const two = await livedConversation(from, everybody);
    const zip = await archiveOf(from, ana);
    await using to = await start();
    const last = `conversations/${two.id}/000002.ndjson`;
    const torn = forge(zip, (path, text) => (path === last ? text.replace('number 9', 'number 0') : text));
    await expect(importInto(to, torn)).rejects.toThrow(BrokenArchive);
    const there = await to.signIn(ana);
    expect(await exportOf(to, there, one.id)).toBe(await exportOf(from, ana, one.id));
    expect((await to.ask('GET', `/api/conversations/${two.id}/export`, { as: there })).status).toBe(404);
    const { rows } = await to.database.pool.query('select id from documents where conversation = $1', [two.id]);
    expect(rows).toEqual([]);
    expect(await importInto(to, zip)).toMatchObject([{ refused: 'it exists already' }, { refused: undefined }]);
    expect(await exportOf(to, there, two.id)).toBe(await exportOf(from, ana, two.id));
  });

  test('[X4] that says what no server could have settled is not imported', async () => {
    await using from = await start();
    const everybody = await people(from);
    const { ana, bo } = everybody;
    await livedConversation(from, everybody);
    const zip = await archiveOf(from, ana);
    await using to = await start();
    const forgeries: [string, (path: string, text: string) => string][] = [
      [
        'another text in lines',
        (path, text) => (path.endsWith('.ndjson') ? text.replace('number 8', 'number 7') : text),
      ],
      ['another author', (path, text) => (/\d\.(yjs|ndjson)$/.test(path) ? text.replaceAll(bo.id, ana.id) : text)],
      ['a member twice', (path, text) => (path.endsWith('conversation.json') ? text.replaceAll(bo.id, ana.id) : text)],
      [
        'a seq beyond the end',
        (path, text) => (path.endsWith('.ndjson') ? text.replace(/"seq":\d+/, '"seq":99') : text),
      ],
      [
        'a person nobody knows',
        (path, text) =>
          path.endsWith('conversation.json') ? text.replace(`"id":"${bo.id}","name"`, '"id":"x","name"') : text,
      ],
      ['a picture of somebody else', (path, text) => (path.startsWith('pictures/') ? `${text}!` : text)],
      ['a document cut off', (path, text) => (path.endsWith('000000.yjs') ? text.slice(0, -1) : text)],
    ];
    for (const [what, change] of forgeries)
      await expect(importInto(to, forge(zip, change)), what).rejects.toThrow(BrokenArchive);
    // Under the id that it would have, so that nothing else is wrong with it.
    const page = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    const lie = pictureId({ user: bo.id }, page);
    const { people: named } = JSON.parse(
      [...filesOf(zip)].find(([path]) => path.endsWith('conversation.json'))?.[1] ?? '',
    ) as ArchivedConversation;
    const truth = named.find((person) => person.id === bo.id)?.picture ?? '';
    const files = unzipSync(
      forge(zip, (path, text) => (path === `pictures/${truth}` ? page.toString() : text.replaceAll(truth, lie))),
    );
    const manifest = new TextDecoder().decode(files['manifest.json']).replaceAll(truth, lie);
    const moved = { ...files, [`pictures/${lie}`]: page, 'manifest.json': new TextEncoder().encode(manifest) };
    await expect(importInto(to, zipSync(moved)), 'a page for a picture').rejects.toThrow(/is no picture/);
    await expect(importInto(to, zip.subarray(0, -100)), 'half a download').rejects.toThrow(BrokenArchive);
    const flipped = Uint8Array.from(zip);
    const place = Buffer.from(zip).indexOf('account.json') + 40;
    flipped[place] = (flipped[place] ?? 0) ^ 0xff;
    await expect(importInto(to, flipped), 'a byte flipped').rejects.toThrow();
    expect((await to.database.pool.query('select from conversations')).rowCount).toBe(0);
    expect((await to.database.pool.query('select from users')).rowCount).toBe(0);
  });

  test('[X3] of an operator names the email addresses of all', async () => {
    await using t = await start();
    const everybody = await people(t);
    await livedConversation(t, everybody);
    const { projector, database, clock, blobs } = t;
    const user = everybody.ana.id as UserId;
    const chunks = await collect(
      writeArchive({ pool: database.pool, projector, blobs, user, nowMs: clock.now(), emails: 'all' }),
    );
    const archive = new Archive(Buffer.concat(chunks));
    const conversation = archive.findConversation(archive.account.conversations[0]?.id ?? '');
    expect(conversation?.people.map(({ email }) => email).toSorted()).toEqual(
      Object.values(everybody)
        .map(({ email }) => email)
        .toSorted(),
    );
  });
});
