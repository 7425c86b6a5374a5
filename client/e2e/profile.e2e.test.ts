/** What people say of themselves and the pictures they and their groups wear: seen by others at once, and without a network. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { closeSettings, openSettings } from './settings.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

const PICTURE = join(import.meta.dirname, '../public/icons/icon-512.png');
const gone = { state: 'detached' } as const;

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
  // On a phone.
  await bo.page.setViewportSize({ width: 390, height: 844 });
  await ana.startConversation([BO.name], 'Garden');
  await bo.startConversation([ANA.name]);
});

afterAll(() => people?.[Symbol.asyncDispose]());

/** The picture beside the title of the open conversation. */
const worn = (page: Page) => page.getByRole('main').locator('header img');

async function choosePicture(page: Page): Promise<void> {
  await page.getByLabel('Add picture').setInputFiles(PICTURE);
  const cut = page.getByRole('dialog', { name: 'Choose the part to show' });
  await cut.getByLabel('Zoom').focus();
  await page.keyboard.press('PageUp');
  await cut.getByRole('button', { name: 'Use picture' }).click();
  await cut.waitFor(gone);
}

test('[A14] [A15] name, status and picture that one sets show at the other at once', async () => {
  const { page } = ana;
  const settings = await openSettings(page, 'Profile');
  await choosePicture(page);
  await settings.getByRole('button', { name: 'Remove picture' }).waitFor();
  await worn(bo.page).waitFor();
  await settings.getByLabel('Name').fill('Ana Amari-Silva');
  await settings.getByLabel('Status').fill('Back on Monday');
  await settings.getByRole('button', { name: 'Save' }).click();
  await settings.getByText('Saved.').waitFor();
  await closeSettings(page);
  await bo.page.getByRole('heading', { name: 'Ana Amari-Silva' }).getByRole('button').click();
  const details = bo.page.getByRole('dialog', { name: 'Contact details' });
  await details.getByText('Back on Monday').waitFor();
  await details.locator('img').waitFor();
  await details.getByRole('button', { name: 'Close' }).click();
  await details.waitFor(gone);
});

test('[A15] they are there without a network, one’s own, too, which then cannot be changed', async () => {
  for (const device of [ana, bo]) {
    await device.isInstalled();
    await device.network.cut();
    await device.page.reload();
  }
  await worn(bo.page).waitFor();
  const settings = await openSettings(ana.page, 'Profile');
  await settings.locator('img').waitFor();
  expect(await settings.getByLabel('Status').inputValue()).toBe('Back on Monday');
  await settings.getByText('You are offline.').waitFor();
  expect(await settings.getByRole('button', { name: 'Change picture' }).isDisabled()).toBe(true);
  await closeSettings(ana.page);
  for (const { network } of [ana, bo]) await network.mend();
});

test('[C8] a group’s picture shows at its members, in the list, too, and who may not change it cannot', async () => {
  await ana.openConversation('Garden');
  const open = async ({ page }: Device) => {
    await page.getByRole('heading', { name: 'Garden' }).getByRole('button').click();
    return page.getByRole('dialog', { name: 'Group details' });
  };
  const details = await open(ana);
  await details.locator('button:enabled').filter({ hasText: 'Add picture' }).waitFor();
  await choosePicture(ana.page);
  await details.getByRole('button', { name: 'Remove picture' }).waitFor();
  await bo.page.getByRole('button', { name: 'Back' }).click();
  await bo.page.getByRole('link', { name: 'Garden' }).locator('img').waitFor();
  await bo.openConversation('Garden');
  await worn(bo.page).waitFor();
  expect(await (await open(bo)).getByRole('button', { name: /picture/ }).count()).toBe(0);
  await details.getByRole('button', { name: 'Remove picture' }).click();
  await worn(bo.page).waitFor(gone);
});
