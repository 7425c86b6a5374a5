/** Two people pin messages for each other, one of them on a phone, also while it has no network. */
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let phone: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ana = people.ana;
  phone = people.bo;
  await phone.page.setViewportSize({ width: 390, height: 844 });
  await ana.startConversation([BO.name]);
  for (const text of ['The key is under the mat', 'Train at nine']) await ana.send(text);
  await phone.openConversation(ANA.name);
  await phone.row('Train at nine').waitFor();
});

afterAll(() => people?.[Symbol.asyncDispose]());

const bar = (device: Device, words = '') =>
  device.page.getByRole('main').getByRole('button', { name: new RegExp(`^Pinned message ${words}`) });
const list = (device: Device) => device.page.getByRole('dialog', { name: 'Pinned messages' });

test('[C9] a message that is pinned stands above the timeline of both, and a press leads to it', async () => {
  await ana.choose('The key is under the mat', 'Pin for everyone');
  await bar(ana, 'The key is under the mat').waitFor();
  await ana.send(Array.from({ length: 80 }, (_, line) => `line ${line}`).join('\n'));
  await phone.row('line 79').waitFor();
  await bar(phone, 'The key is under the mat').click();
  await phone.page.waitForFunction(() => {
    const rows = [...document.querySelectorAll('[role=main] [data-bubble]')];
    const box = rows.find((one) => one.textContent?.includes('under the mat'))?.getBoundingClientRect();
    return box !== undefined && box.top >= 0 && box.bottom <= innerHeight;
  });
});

test('[C9] without a network a message is pinned and another one unpinned, which outlives the page and reaches the other', async () => {
  await phone.isInstalled();
  await phone.network.cut();
  await phone.choose('Train at nine', 'Pin for everyone');
  await bar(phone, 'Train at nine').waitFor();
  await phone.page.getByRole('button', { name: '2 pinned messages' }).click();
  await list(phone)
    .getByRole('listitem')
    .filter({ hasText: 'under the mat' })
    .getByRole('button', { name: 'Unpin' })
    .click();
  await list(phone).getByText('under the mat').waitFor({ state: 'detached' });
  await phone.page.reload();
  await bar(phone, 'Train at nine').waitFor();
  await phone.page.getByRole('button', { name: '1 pinned message' }).waitFor();
  expect(await bar(ana, 'The key is under the mat').count()).toBe(1);
  await phone.network.mend();
  await bar(ana, 'Train at nine').waitFor();
  await ana.page.getByRole('button', { name: '1 pinned message' }).waitFor();
});

test('[C9] a pin that the server does not take is said in the conversation, leads to the message, and is gone when one has seen it', async () => {
  const full = (route: Route) => route.fulfill({ status: 409, json: { status: 409, detail: 'no' } });
  await phone.page.route('**/pins/*', full);
  await phone.choose('The key is under the mat', 'Pin for everyone');
  const said = phone.page.getByRole('alert').filter({ hasText: 'A message could not be pinned' });
  await said.waitFor();
  await phone.page.getByRole('button', { name: '1 pinned message' }).waitFor();
  await phone.page.unroute('**/pins/*', full);
  await said.getByRole('button', { name: 'Show' }).click();
  await phone.row('The key is under the mat').waitFor();
  await phone.page.reload();
  await said.getByRole('button', { name: 'Dismiss' }).click();
  await said.waitFor({ state: 'detached' });
});

test('[C9] [P4] with its message a pin goes', async () => {
  await ana.erase('Train at nine');
  for (const device of [ana, phone]) await bar(device).waitFor({ state: 'detached' });
  await phone.page.reload();
  await phone.composer.waitFor();
  await bar(phone).waitFor({ state: 'detached' });
});
