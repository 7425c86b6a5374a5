/** A message that somebody deletes for themself on a phone without a network: what their other device sees, and the others. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { BO, startThreeDevices, type ThreeDevices } from './two-people.ts';

const SECRET = 'a surprise for later';

let people: ThreeDevices;
let ana: Device;
let phone: Device;
let bo: Device;

beforeAll(async () => {
  people = await startThreeDevices();
  ({ ana, phone, bo } = people);
  await phone.page.setViewportSize({ width: 390, height: 844 });
  await bo.send(SECRET);
  for (const device of [ana, phone]) {
    await device.openConversation(BO.name);
    await device.row(SECRET).waitFor();
  }
});

afterAll(() => people?.[Symbol.asyncDispose]());

test('[M13] deleted for oneself on a phone without a network, by a page that ends then: gone on both devices, and only there', async () => {
  await phone.isInstalled();
  await phone.network.cut();
  await phone.choose(SECRET, 'Delete for me');
  await phone.row(SECRET).waitFor({ state: 'detached' });
  await phone.page.reload();
  await phone.row('hello').waitFor();
  expect(await phone.row(SECRET).count()).toBe(0);
  await phone.network.mend();
  await ana.row(SECRET).waitFor({ state: 'detached' });
  const chat = ana.page.getByRole('navigation', { name: 'Chats' }).getByRole('link', { name: BO.name });
  await chat.getByText('hello').waitFor();
  await ana.page.keyboard.press('Control+K');
  await ana.page.keyboard.type('surprise');
  await ana.page.getByText('Nothing matches “surprise”.').first().waitFor();
  await bo.row(SECRET).waitFor();
});
