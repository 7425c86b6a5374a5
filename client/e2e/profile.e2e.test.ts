/** What people say of themselves and the pictures they and their groups wear: seen by others at once, and without a network. */
import { join } from 'node:path';
import type { Locator, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { closeSettings, openSettings } from './settings.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

const PICTURE = join(import.meta.dirname, '../public/icons/icon-512.png');
const OTHER_PICTURE = join(import.meta.dirname, '../public/icons/apple-touch.png');
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

const isShown = (image: Locator) =>
  image.evaluate((one: HTMLImageElement) => one.decode().then(() => one.naturalWidth > 0));

async function choosePicture(page: Page, by = 'Add picture', picture = PICTURE): Promise<void> {
  await page.getByLabel(by).setInputFiles(picture);
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

test('[A14] [A15] without a network they are there, one’s own can be changed, and the other sees it when there is one again', async () => {
  for (const device of [ana, bo]) {
    await device.isInstalled();
    await device.network.cut();
    await device.page.reload();
  }
  await worn(bo.page).waitFor();
  const settings = await openSettings(ana.page, 'Profile');
  await settings.getByText('You are offline.').waitFor();
  const former = await settings.locator('img').getAttribute('src');
  await choosePicture(ana.page, 'Change picture', OTHER_PICTURE);
  await settings.getByText('Not sent yet.').waitFor();
  await settings.getByLabel('Status').fill('At sea');
  await settings.getByLabel('Name').fill('Ana Marés');
  await settings.getByRole('button', { name: 'Save' }).click();
  // Picture, name and status.
  await settings.getByText('Not sent yet.').nth(2).waitFor();
  expect(await settings.locator('img').getAttribute('src')).not.toBe(former);

  await ana.page.reload();
  const again = await openSettings(ana.page, 'Profile');
  await again.getByText('Not sent yet.').nth(2).waitFor();
  expect(await again.getByLabel('Name').inputValue()).toBe('Ana Marés');
  expect(await again.getByLabel('Status').inputValue()).toBe('At sea');
  expect(await isShown(again.locator('img'))).toBe(true);
  await closeSettings(ana.page);
  // Signing out would lose it.
  await ana.page.getByRole('button', { name: 'Account' }).click();
  await ana.page.getByRole('menuitem', { name: 'Sign out' }).click();
  const question = ana.page.getByRole('dialog', { name: 'Sign out of this device?' });
  await question.getByText('Changes of your profile or pinned messages have not been sent yet.').waitFor();
  await question.getByRole('button', { name: 'Cancel' }).click();

  for (const { network } of [ana, bo]) await network.mend();
  await bo.page.getByRole('heading', { name: 'Ana Marés' }).waitFor();
  await worn(bo.page).waitFor();
  expect(await isShown(worn(bo.page))).toBe(true);
  const told = await openSettings(ana.page, 'Profile');
  await told.getByText('Not sent yet.').waitFor(gone);
  await closeSettings(ana.page);
});

test('[A15] a picture that the server does not take is said wherever one is, and the former one shows', async () => {
  const { page } = ana;
  const refuse = (route: Route) => route.fulfill({ status: 422, json: { status: 422, detail: 'no' } });
  await page.route('**/api/me/picture', refuse);
  const settings = await openSettings(page, 'Profile');
  const former = await settings.locator('img').getAttribute('src');
  await choosePicture(page, 'Change picture');
  await settings.getByText('The server did not accept your new picture').waitFor();
  expect(await settings.locator('img').getAttribute('src')).toBe(former);
  await closeSettings(page);
  await page.unroute('**/api/me/picture', refuse);
  const said = page.getByRole('alert').filter({ hasText: 'The server did not accept your new picture' });
  await said.getByRole('button', { name: 'Dismiss' }).click();
  await said.waitFor(gone);
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
