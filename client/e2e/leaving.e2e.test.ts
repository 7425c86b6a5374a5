/** Bo leaves a group and then deletes his account: what he wants erased is gone from Ana's screen, and nothing waits for him. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { openSettings } from './settings.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
});

afterAll(() => people?.[Symbol.asyncDispose]());

const gone = { state: 'detached' } as const;

test('[P4] who leaves a group takes along what they wrote, if they ask for it', async () => {
  await ana.startConversation([BO.name], 'Garden');
  await ana.send('the gate is open');
  await bo.openConversation('Garden');
  await bo.row('the gate is open').waitFor();
  await bo.send('my secret path');
  await ana.row('my secret path').waitFor();

  const { page } = bo;
  await page.getByRole('button', { name: 'Chat menu' }).click();
  await page.getByRole('menuitem', { name: 'Leave group…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Leave “Garden”?' });
  await dialog.getByRole('radio', { name: 'Also delete what I wrote here' }).click();
  await dialog.getByRole('button', { name: 'Leave group' }).click();
  await page.getByRole('link', { name: 'Garden' }).waitFor(gone);

  await ana.row('my secret path').waitFor(gone);
  expect(await ana.texts()).toContain('the gate is open');
});

test('[P4] a deleted account leaves no text where it was asked to, and nobody to write to', async () => {
  await ana.startConversation([BO.name]);
  await ana.send('are you there');
  await bo.openConversation(ANA.name);
  await bo.row('are you there').waitFor();
  await bo.send('for the last time');
  await ana.row('for the last time').waitFor();

  const { page } = bo;
  const data = await openSettings(page, 'Your data');
  await data.getByRole('button', { name: 'Delete account…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete your account?' });
  await dialog.getByRole('radio', { name: 'Also delete all my messages' }).click();
  await dialog.getByLabel('Your password').fill('a guess');
  await dialog.getByRole('button', { name: 'Delete account' }).click();
  await dialog.getByRole('textbox', { name: 'Your password' }).and(page.locator('[aria-invalid="true"]')).waitFor();
  await dialog.getByLabel('Your password').fill(BO.password);
  await dialog.getByRole('button', { name: 'Delete account' }).click();
  await page.getByRole('button', { name: 'Create an account' }).waitFor();

  await ana.row('for the last time').waitFor(gone);
  await ana.page.getByText('This account was deleted. You can still read what was written.').waitFor();
  await ana.composer.waitFor(gone);
  expect(await ana.texts()).toContain('are you there');

  await page.getByLabel('Email').fill(BO.email);
  await page.getByLabel('Password', { exact: true }).fill(BO.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').waitFor();
});
