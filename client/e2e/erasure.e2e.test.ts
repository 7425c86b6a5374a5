/**
 * P4 by bytes: what was deleted for everyone or edited away is searched for in every place that ever held it, on the server
 * and in the browsers, together with texts that stay and must be found there, so that the search can fail.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { documentId } from '../../schema/ids.ts';
import { Device as BareDevice } from '../../server/testing/device.ts';
import { columnsHolding } from '../../server/workers/testing.ts';
import type { Device } from './device.ts';
import { storedPlaces } from './stored-bytes.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

/** Letters only: one word for every search index. */
const token = (name: string): string =>
  name +
  randomBytes(9)
    .toString('hex')
    .replaceAll(/\d/g, (digit) => 'ghijklmnop'[Number(digit)] as string);

const GONE = {
  deleted: token('deleted'),
  former: token('former'),
  twiceFormer: token('twiceformer'),
  deletedOffline: token('deletedoffline'),
  last: token('last'),
};
const STAYS = { early: token('early'), edited: token('edited'), late: token('late') };

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
});

afterAll(() => people?.[Symbol.asyncDispose]());

/** Asks the server without a browser. */
async function signIn() {
  const url = `http://127.0.0.1:${people.server.port}`;
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(ANA),
  });
  const bearer = `Bearer ${response.headers.get('set-auth-token')}`;
  const { user } = (await response.json()) as { user: { id: string } };
  const ask = (method: string, path: string) => fetch(url + path, { method, headers: { authorization: bearer } });
  return { user: user.id, bearer, ask };
}

type Asker = Awaited<ReturnType<typeof signIn>>;

const conversationOf = (device: Device) => new URL(device.page.url()).pathname.split('/')[2] as never;

/** Every place whose bytes hold the text. */
async function placesWith(text: string, { user, bearer, ask }: Asker): Promise<string[]> {
  const conversation = conversationOf(ana);
  const places = (await columnsHolding(people.server.pool, text)).map((column) => `Postgres: ${column}`);
  const one = `/api/conversations/${conversation}`;
  const snapshots = (await (await ask('GET', `${one}/snapshots`)).json()) as { items: { seq: number }[] };
  for (const [age, { seq }] of snapshots.items.entries()) {
    const bytes = Buffer.from(await (await ask('GET', `${one}/snapshots/${seq}`)).arrayBuffer());
    if (bytes.includes(text)) places.push(`HTTP: snapshot ${age}`);
  }
  for (const path of [`${one}/messages`, '/api/conversations', `/api/search?q=${text}`]) {
    if ((await (await ask('GET', path)).text()).includes(text))
      places.push(`HTTP: ${path.split('?')[0]?.split('/').at(-1)}`);
  }
  using device = await BareDevice.connect({
    port: people.server.port,
    document: documentId(conversation, 0),
    user,
    bearer,
  });
  // As sent: whoever applies it would collect what the server should have.
  if (device.wire?.raw.frames.some((frame) => Buffer.from(frame).includes(text))) places.push('a fresh sync');
  for (const [name, { page }] of Object.entries({ Ana: ana, Bo: bo }))
    places.push(...(await storedPlaces(page, text)).map((place) => `${name}: ${place}`));
  return places;
}

test('[P4] what was deleted or edited away is in no byte anywhere, and what stays is everywhere', async () => {
  await ana.startConversation([BO.name]);
  await bo.openConversation(ANA.name);
  const asker = await signIn();
  const snapshots = `/api/conversations/${conversationOf(ana)}/snapshots`;

  await ana.send(STAYS.early);
  for (const gone of [GONE.deleted, GONE.former]) await ana.send(gone);
  await bo.row(GONE.former).waitFor();
  await bo.send(GONE.deletedOffline);
  await ana.row(GONE.deletedOffline).waitFor();
  expect((await asker.ask('POST', snapshots)).status).toBe(201);
  await bo.send(GONE.last);
  await ana.row(GONE.last).waitFor();
  expect((await asker.ask('POST', snapshots)).status).toBe(201);
  await ana.hasDelivery(GONE.deleted, 'read');
  // The list of conversations, as stored, is the server's when a page starts.
  await ana.page.reload();
  // All of it is found now wherever it is looked for afterwards.
  await isFound(Object.values(GONE), asker, [
    'Postgres: messages.body',
    'Postgres: snapshots.state',
    'HTTP: snapshot 0',
    'HTTP: snapshot 1',
    'HTTP: messages',
    'HTTP: conversations',
    'HTTP: search',
    'a fresh sync',
    'Ana: document/updates',
    'Ana: account/conversations',
    'Bo: document/updates',
  ]);

  // Bo is away while Ana deletes and edits, and does so himself.
  await bo.network.cut();
  await remove(ana, GONE.deleted);
  await edit(ana, GONE.former, GONE.twiceFormer);
  await edit(ana, GONE.twiceFormer, STAYS.edited);
  await remove(bo, GONE.deletedOffline);
  await remove(bo, GONE.last);
  await bo.network.mend();
  await bo.row(STAYS.edited).waitFor();
  await bo.page.getByText('This message was deleted').waitFor();
  // His page ends right then, before it can have tidied up.
  await bo.page.reload();
  await bo.row(STAYS.edited).waitFor();
  await ana.page.getByText('This message was deleted').nth(1).waitFor();

  const left = async () => {
    const found: Record<string, string[]> = {};
    for (const [name, text] of Object.entries(GONE)) {
      const places = await placesWith(text, asker);
      if (places.length > 0) found[name] = places;
    }
    return found;
  };
  await expect.poll(left, { timeout: 30_000, interval: 250 }).toEqual({});

  // An entry that no snapshot has merged yet; and lists that say what was written last.
  await ana.send(STAYS.late);
  await bo.row(STAYS.late).waitFor();
  for (const { page } of [ana, bo]) await page.reload();
  await isFound(Object.values(STAYS), asker, [
    'Postgres: journal.update',
    'Postgres: messages.body',
    'Postgres: snapshots.state',
    'HTTP: snapshot 0',
    'HTTP: snapshot 1',
    'HTTP: snapshot 2',
    'HTTP: messages',
    'HTTP: conversations',
    'HTTP: search',
    'a fresh sync',
    'Ana: document/updates',
    'Ana: account/conversations',
    'Bo: document/updates',
    'Bo: account/conversations',
  ]);
  expect(await left()).toEqual({});
}, 120_000);

/** Waits until each of the places holds one of the texts. */
async function isFound(texts: readonly string[], asker: Asker, places: readonly string[]): Promise<void> {
  const missing = async () => {
    const found = new Set<string>();
    for (const text of texts) for (const place of await placesWith(text, asker)) found.add(place);
    return places.filter((place) => !found.has(place));
  };
  await expect.poll(missing, { timeout: 30_000, interval: 250 }).toEqual([]);
}

async function remove(device: Device, text: string): Promise<void> {
  await device.erase(text);
  await device.row(text).waitFor({ state: 'detached' });
}

async function edit(device: Device, text: string, better: string): Promise<void> {
  await device.choose(text, 'Edit');
  await device.page.getByText('Editing message').waitFor();
  await device.composer.fill(better);
  await device.composer.press('Enter');
  await device.row(better).getByText('edited', { exact: true }).waitFor();
}
