/** One search field: what this device holds, also offline, and what only the server has. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
  await ana.startConversation([BO.name]);
  for (const text of ['Das Café am Hafen', '東京タワーに行く', 'a <b>bold</b> idea', 'nothing of interest'])
    await ana.send(text);
  await ana.hasDelivery('nothing of interest', 'delivered');
  await ana.startConversation([BO.name], 'Harbour festival');
  await ana.send('see you there');
});

afterAll(() => people?.[Symbol.asyncDispose]());

const field = (device: Device) => device.page.getByRole('searchbox', { name: 'Search chats and messages' });
const results = (device: Device) => device.page.getByRole('region', { name: 'Search results' });
const marked = (device: Device, words: string) => results(device).locator('mark').getByText(words, { exact: true });

test('[F1] [F2] online it finds chats and all messages, whatever the script, and says so', async () => {
  await ana.page.keyboard.press('Control+K');
  await ana.page.keyboard.type('haf');
  await marked(ana, 'Haf').waitFor();
  await results(ana).getByText('All messages').waitFor();
  await field(ana).fill('harb');
  await results(ana)
    .getByRole('link', { name: /Harbour festival/ })
    .waitFor();
  await field(ana).fill('タワー');
  await marked(ana, 'タワー').waitFor();
  await results(ana).getByText('All messages').waitFor();
});

test('[F3] a message is shown as text, never as markup', async () => {
  await field(ana).fill('bold idea');
  await results(ana).getByText('a <b>bold</b> idea').waitFor();
  expect(await results(ana).locator('b').count()).toBe(0);
});

test('keys go through the results, Enter opens one, Escape empties the field', async () => {
  await field(ana).fill('cafe');
  await marked(ana, 'Café').waitFor();
  await field(ana).press('ArrowDown');
  await ana.page.keyboard.press('Enter');
  await ana.row('Das Café am Hafen').waitFor();
  expect(new URL(ana.page.url()).pathname).toMatch(/^\/c\/[\w-]+\/\w+-\w+$/);
  await field(ana).press('Escape');
  await results(ana).waitFor({ state: 'detached' });
});

test('offline it finds what is on this device, and says that this is all', async () => {
  await bo.network.cut();
  await field(bo).fill('cafe hafen');
  await results(bo).getByText('Offline: only what is on this device').waitFor();
  await results(bo).getByText('Das Café am Hafen').waitFor();
  await bo.network.mend();
  await results(bo).getByText('All messages').waitFor();
  expect(await results(bo).locator('mark').allInnerTexts()).toEqual(['Café', 'Hafen']);
});

test('[F5] one conversation can be searched alone, until Escape', async () => {
  await ana.page.getByRole('link', { name: /Harbour festival/ }).click();
  await ana.page.getByRole('button', { name: 'Chat menu' }).click();
  await ana.page.getByRole('menuitem', { name: 'Search in this chat' }).click();
  const within = ana.page.getByRole('searchbox', { name: 'Search messages in Harbour festival' });
  await within.fill('no');
  await results(ana).getByText('Nothing matches').first().waitFor();
  await within.fill('there');
  await marked(ana, 'there').waitFor();
  expect(await within.evaluate((field) => field === document.activeElement)).toBe(true);
  await within.press('Escape');
  await within.press('Escape');
  await field(ana).fill('nothing');
  await marked(ana, 'nothing').click();
  await ana.row('nothing of interest').waitFor();
  await field(ana).press('Escape');
});

test('[F4] what is deleted is found no longer, on any side', async () => {
  await ana.erase('Das Café am Hafen');
  await results(bo).locator('mark').first().waitFor({ state: 'detached' });
  await field(bo).fill('cafe');
  await results(bo).getByText('Nothing matches').first().waitFor();
});
