/** A device is signed out from another one: it says so, and what was not sent stays on it until its person decides. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { closeSettings, openSettings } from './settings.ts';
import { ANA, BO, startThreeDevices, type ThreeDevices } from './two-people.ts';

let people: ThreeDevices;
let ana: Device;
let bo: Device;
let phone: Device;

beforeAll(async () => {
  people = await startThreeDevices();
  ({ ana, bo, phone } = people);
  await ana.openConversation(BO.name);
  await phone.openConversation(BO.name);
  await phone.row('hello').waitFor();
});

afterAll(() => people?.[Symbol.asyncDispose]());

async function signOutTheOther(): Promise<void> {
  const { page } = ana;
  const devices = await openSettings(page, 'Devices');
  await devices.getByRole('button', { name: 'Sign out Chrome on Linux' }).click();
  await devices.getByRole('button', { name: 'Sign out', exact: true }).click();
  await devices.getByText('You are signed in on this device only.').waitFor();
  await closeSettings(page);
}

test('[P3] signed out while offline, a device keeps what was typed and sends it once its person signs in again', async () => {
  await phone.network.cut();
  await phone.send('typed on the phone');
  await signOutTheOther();
  await phone.network.mend();
  await phone.page.getByText('You have been signed out. 1 message has not been sent').waitFor();
  await phone.hasDelivery('typed on the phone', 'sending');
  await phone.page.reload();
  await phone.hasDelivery('typed on the phone', 'sending');
  await phone.send('typed signed out');
  await phone.page.getByRole('button', { name: 'Sign in again' }).click();
  const dialog = phone.page.getByRole('dialog', { name: 'Sign in again' });
  await dialog.getByLabel('Password', { exact: true }).fill(ANA.password);
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
  await bo.row('typed signed out').waitFor();
  expect(await bo.texts()).toEqual(['hello', 'typed on the phone', 'typed signed out']);
  await phone.page.getByText('You have been signed out').waitFor({ state: 'detached' });
});

test('[A3] a connected device hears of it at once, and its person may remove what it holds', async () => {
  const told = phone.page.getByText('You have been signed out. Your messages are still on this device.').waitFor();
  await signOutTheOther();
  await told;
  await phone.page.getByRole('button', { name: 'Remove them' }).click();
  await phone.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await phone.page.getByRole('button', { name: 'Create an account' }).waitFor();
  const left = await phone.page.evaluate('indexedDB.databases().then((all) => all.map((one) => one.name))');
  expect(left).toEqual([]);
});
