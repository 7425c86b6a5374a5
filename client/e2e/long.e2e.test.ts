/** A conversation over many epochs in a real browser, on a real server that closes them early. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../server/database/testing.ts';
import { type Person, startServer, type TestServer } from '../../server/testing/server.ts';
import { type Credentials, Device } from './device.ts';
import { watchRows } from './row-watch.ts';

const ANA: Credentials = { name: 'Ana Amari', email: 'ana@example.org', password: 'correct horse' };
const EPOCH = 120;

let database: TestDatabase;
let server: TestServer;
let ana: Device;
let bo: Person;
let conversation: string;
/** Ids of what bo has written. */
const written: string[] = [];

const PHRASES = [
  'Yes.',
  'That works for me.',
  'Two lines of text follow here.\nThis is the second one.',
  'long words '.repeat(30),
];

async function write(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const text = `${written.length}. ${PHRASES[written.length % PHRASES.length]}`;
    const answer = await server.ask('POST', `/api/conversations/${conversation}/messages`, bo, { text });
    written.push(((await answer.json()) as { id: string }).id);
  }
}

beforeAll(async () => {
  database = await freshDatabase();
  server = await startServer({
    databaseUrl: database.url,
    epochLimits: { messages: EPOCH, bytes: 1_000_000, writers: 100 },
  });
  ana = await Device.open(server);
  await ana.signUp(ANA);
  bo = await server.signUp('Bo');
  const people = (await (await server.ask('GET', '/api/users?query=Ana', bo)).json()) as { items: { id: string }[] };
  const made = await server.ask('POST', '/api/conversations', bo, { memberIds: [people.items[0]?.id] });
  conversation = ((await made.json()) as { id: string }).id;
  await write(9 * EPOCH + 30);
});

afterAll(async () => {
  await ana?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

test('[P5] scrolling back through nine epochs moves no row under the eye, and the latest is one press away', async () => {
  await ana.openConversation(bo.name);
  await ana.page.getByRole('heading', { name: 'New messages' }).waitFor();
  await ana.page.getByRole('button', { name: /Jump to latest/ }).click();
  await ana.row(`${written.length - 1}. `).waitFor();
  const back = await watchRows(ana.page, { stepPx: -220, untilMessages: written.length });
  expect(back.worstPx, back.worst).toBeLessThanOrEqual(1);
  expect(back.messages).toBe(written.length);
  // Ten epochs, of which six were open.
  expect(back.pages).toBe(4);
  await ana.row('0. Yes.').waitFor();
  await ana.page.getByRole('button', { name: /Jump to latest/ }).click();
  await ana.row(`${written.length - 1}. `).waitFor();
});

test('a link leads to its message in an old epoch, also after a reload and without a network', async () => {
  await ana.isInstalled();
  const path = `/c/${conversation}/${written[EPOCH + 7]}`;
  await ana.page.goto(ana.network.url + path);
  await ana.row(`${EPOCH + 7}. `).waitFor();
  await ana.page.locator(`[data-marked][data-key="${written[EPOCH + 7]}"]`).waitFor();
  await ana.network.cut();
  await ana.page.reload();
  await ana.page.locator(`[data-key="${written[EPOCH + 7]}"]`).waitFor();
  await ana.network.mend();
  await ana.page.goto(`${ana.network.url}/c/${conversation}/zzz-zz`);
  await ana.page.getByText('This message does not exist').waitFor();
});

test('[P3] offline while others roll over: own messages at the end, once, with the right ticks; what is new is marked', async () => {
  await ana.page.goto(`${ana.network.url}/c/${conversation}`);
  await ana.row(`${written.length - 1}. `).waitFor();
  await ana.network.cut();
  for (const text of ['from the train', 'still on the train']) await ana.send(text);
  await ana.page.getByText('Offline, 2 waiting').waitFor();
  await write(2 * EPOCH + 10);
  await ana.page.reload();
  await ana.row('still on the train').waitFor();
  await ana.hasDelivery('still on the train', 'sending');
  await ana.network.mend();
  // The missed epochs come one after the other.
  const jump = ana.page.getByRole('button', { name: /Jump to latest/ });
  const isThere = async () => {
    if (await jump.isVisible()) await jump.click();
    return ana.row(`${written.length - 1}. `).isVisible();
  };
  await expect.poll(isThere, { timeout: 30_000, interval: 500 }).toBe(true);
  await ana.hasDelivery('still on the train', 'sent');
  const texts = await ana.texts();
  expect(texts.slice(-2)).toEqual(['from the train', 'still on the train']);
  expect(texts.filter((text) => text.includes('the train'))).toHaveLength(2);
  const answer = await server.ask('GET', `/api/conversations/${conversation}/messages?limit=2`, bo);
  const { items } = (await answer.json()) as { items: { text: string }[] };
  expect(items.map(({ text }) => text)).toEqual(['still on the train', 'from the train']);
});
