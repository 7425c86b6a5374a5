/** One person with two devices: what they do on one is so on the other, and what they keep to themselves stays with them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { closeSettings, openSettings } from './settings.ts';
import { BO, startThreeDevices, type ThreeDevices } from './two-people.ts';

let people: ThreeDevices;
let ana: Device;
let bo: Device;
let phone: Device;

beforeAll(async () => {
  people = await startThreeDevices();
  ({ ana, bo, phone } = people);
});

afterAll(() => people?.[Symbol.asyncDispose]());

const lineOf = (device: Device) => device.page.getByRole('link', { name: BO.name });
const unread = (device: Device) => lineOf(device).getByText('1 unread message');
const gone = { state: 'detached' } as const;

async function changeSetting({ page }: Device, section: string, label: string): Promise<void> {
  const settings = await openSettings(page, section);
  await settings.getByLabel(label, { exact: true }).click();
  await closeSettings(page);
}

test('[A10] theme and pins follow to the other device', async () => {
  await changeSetting(ana, 'Appearance', 'Dark');
  await phone.page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await lineOf(ana).click({ button: 'right' });
  await ana.page.getByRole('menuitem', { name: 'Pin to the top' }).click();
  await lineOf(phone).getByText('Pinned').first().waitFor();
});

test('[A10] the size of text is each device’s own, and stays', async () => {
  const rootPx = ({ page }: Device) => page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  const former = await rootPx(phone);
  await changeSetting(ana, 'Appearance', 'Largest');
  expect(await rootPx(ana)).toBe('20.8px');
  await ana.page.reload();
  await lineOf(ana).waitFor();
  expect(await rootPx(ana)).toBe('20.8px');
  expect(await rootPx(phone)).toBe(former);
  await changeSetting(ana, 'Appearance', 'Normal');
});

test('[A8] with receipts off, what is read on one device is read on the other, and nobody else learns it', async () => {
  await changeSetting(phone, 'Privacy', 'Read receipts');
  // Whatever the other device has heard before it reads: it has the settings once they show.
  const privacy = await openSettings(ana.page, 'Privacy');
  await expect.poll(() => privacy.getByLabel('Read receipts', { exact: true }).isChecked()).toBe(false);
  await closeSettings(ana.page);
  await unread(phone).waitFor();
  await ana.openConversation(BO.name);
  await unread(phone).waitFor(gone);
  await bo.hasDelivery('hello', 'delivered');
  await ana.send('I have seen it');
  await bo.row('I have seen it').waitFor();
  await bo.send('and I yours');
  await ana.row('and I yours').waitFor();
  await ana.hasDelivery('I have seen it', 'delivered');
  expect(await bo.row('hello').locator('[data-delivery="read"]').count()).toBe(0);
  // On again: from now on both see it.
  await changeSetting(ana, 'Privacy', 'Read receipts');
  await ana.hasDelivery('I have seen it', 'read');
  await bo.send('now you may know');
  await bo.hasDelivery('now you may know', 'read');
});

test('[A9] a draft that one device leaves is gone on with on the other', async () => {
  await ana.composer.fill('typed here, sent there');
  await phone.openConversation(BO.name);
  await phone.page.waitForFunction(() => document.querySelector('textarea')?.value === 'typed here, sent there');
  await phone.composer.press('Enter');
  await bo.row('typed here, sent there').waitFor();
  await ana.page.waitForFunction(() => document.querySelector('textarea')?.value === '');
});

test('[A10] a chat marked as unread stands among the unread ones of the other device, until it is opened on one', async () => {
  await phone.page.goto(phone.network.url);
  await phone.page.getByRole('button', { name: 'Unread', exact: true }).click();
  await phone.page.getByText('Nothing unread').waitFor();
  await lineOf(ana).click({ button: 'right' });
  await ana.page.getByRole('menuitem', { name: 'Mark as unread' }).click();
  await lineOf(phone).getByText('Marked as unread').waitFor();
  await lineOf(ana).getByText('Marked as unread').waitFor();
  await phone.openConversation(BO.name);
  await lineOf(ana).getByText('Marked as unread').waitFor(gone);
});

test('[I1] [I2] a program acts with an API key that was made in Settings, until it is revoked there', async () => {
  const { page } = ana;
  await openSettings(page, 'API keys');
  await page.getByText('No API keys yet').waitFor();
  await page.getByRole('button', { name: 'New API key' }).click();
  await page.getByLabel('Name').fill('Weather bot');
  await page.getByRole('checkbox', { name: 'Write' }).check();
  await page.getByRole('radio', { name: '30 days' }).check({ force: true });
  await page.getByRole('button', { name: 'Make key' }).click();
  const key = await page.getByLabel('API key', { exact: true }).inputValue();
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${people.server.port}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    });
  const { items } = (await (await ask('/api/conversations')).json()) as { items: { id: string }[] };
  const post = { method: 'POST', body: JSON.stringify({ text: 'Rain at three' }) };
  expect((await ask(`/api/conversations/${items[0]?.id}/messages`, post)).status).toBe(201);
  expect((await ask(`/api/conversations/${items[0]?.id}/export`)).status).toBe(403);
  await bo.row('Rain at three').waitFor();
  await page.getByRole('button', { name: 'Done' }).click();
  const line = page.getByRole('listitem').filter({ hasText: 'Weather bot' });
  await line.getByText('Read, Write').waitFor();
  await line.getByText('last used at').waitFor();
  expect(await page.getByText(key).count()).toBe(0);
  await line.getByRole('button', { name: 'Revoke Weather bot' }).click();
  await line.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('No API keys yet').waitFor();
  expect((await ask('/api/me')).status).toBe(401);
  await closeSettings(page);
});

const stars = (device: Device) => device.page.getByRole('dialog', { name: 'Starred messages' });

async function openStars(device: Device): Promise<void> {
  await device.page.getByRole('button', { name: 'Account' }).click();
  await device.page.getByRole('menuitem', { name: 'Starred messages' }).click();
  await stars(device).waitFor();
}

test('[A16] a star given on a phone without a network is on the other device, leads to its message, and goes with it', async () => {
  await phone.openConversation(BO.name);
  await bo.send('Our table number is 17');
  await phone.row('Our table number is 17').waitFor();
  await phone.page.setViewportSize({ width: 390, height: 844 });
  await phone.network.cut();
  await phone.choose('Our table number is 17', 'Star');
  await phone.page.getByRole('button', { name: 'Back' }).click();
  await openStars(phone);
  await stars(phone).getByText('Our table number is 17').waitFor();
  await phone.network.mend();
  await openStars(ana);
  await stars(ana).getByText('Our table number is 17').click();
  await ana.row('Our table number is 17').waitFor();
  await bo.erase('Our table number is 17');
  await ana.row('This message was deleted').waitFor();
  await openStars(ana);
  await stars(ana).getByText('Nothing starred yet').waitFor();
  await stars(phone).getByText('Nothing starred yet').waitFor();
  await ana.page.keyboard.press('Escape');
  await stars(ana).waitFor(gone);
});

test('a chosen language is spoken at once on all devices, keeps what was typed, and needs no network', async () => {
  const { page } = ana;
  await ana.openConversation(BO.name);
  await ana.isInstalled();
  await ana.composer.fill('typed before');
  await (await openSettings(page, 'Appearance')).getByLabel('العربية').click();

  // Whoever chooses may choose on.
  await page.getByRole('dialog', { name: 'الإعدادات' }).getByRole('heading', { name: 'المظهر' }).waitFor();
  await page.keyboard.press('Escape');
  const composer = page.getByRole('main').getByLabel('الرسالة', { exact: true });
  await composer.waitFor();
  for (const device of [ana, phone])
    await device.page.waitForFunction(() => document.documentElement.lang === 'ar' && document.dir === 'rtl');
  expect(await composer.inputValue()).toBe('typed before');
  await composer.fill('مرحبا');
  await composer.press('Enter');
  await bo.row('مرحبا').waitFor();
  // One's own stand at the end of the line.
  const left = async (text: string) => (await ana.row(text).boundingBox())?.x ?? Number.NaN;
  expect(await left('مرحبا')).toBeLessThan(await left('hello'));

  await ana.network.cut();
  await page.reload();
  await composer.waitFor();
  expect(await page.evaluate(() => document.dir)).toBe('rtl');
  await ana
    .row('مرحبا')
    .getByLabel(/أُرسلت|وصلت|قُرئت/)
    .waitFor();
  await page.getByRole('status').getByText('دون اتصال').waitFor();
  await ana.network.mend();
});
