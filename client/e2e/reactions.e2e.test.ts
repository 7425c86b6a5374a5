/** Two people reply and react, one of them on a phone, also while it has no network. */
import type { Locator } from 'playwright-core';
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
  await ana.send('Shall we meet?');
  await phone.openConversation(ANA.name);
  await phone.row('Shall we meet?').waitFor();
  // Menus load later than the first sight, and without a network only from here.
  await phone.isInstalled();
});

afterAll(() => people?.[Symbol.asyncDispose]());

/** The message itself, and not those that quote it. */
const row = (device: Device, words: string): Locator =>
  device.page.locator('[data-bubble]').filter({ has: device.page.locator('[data-text]', { hasText: words }) });

async function choose(device: Device, words: string, action: string): Promise<void> {
  await row(device, words).click({ button: 'right' });
  await device.page.getByRole('menuitem', { name: action, exact: true }).click();
  await device.page.getByRole('menu').waitFor({ state: 'detached' });
}

/** A reaction under a message; with names, of exactly these people. */
const pill = (device: Device, emoji: string, names = ''): Locator =>
  device.page.getByRole('button', { name: new RegExp(`^${emoji} .*${names}`) });

test('[M10] a reply made without a network quotes what it replies to, and loses the quote’s text when that is deleted', async () => {
  await phone.network.cut();
  await choose(phone, 'Shall we meet?', 'Reply');
  await phone.page.getByText('Reply to Ana Amari').waitFor();
  await phone.send('Yes, at six');
  await row(phone, 'Yes, at six').locator('[data-delivery="sending"]').waitFor();
  await phone.network.mend();
  await row(ana, 'Yes, at six').getByText('Shall we meet?').waitFor();
  await choose(ana, 'Yes, at six', 'Reply');
  await ana.send('Fine');
  await row(phone, 'Fine').getByText('Yes, at six').waitFor();
  await choose(phone, 'Yes, at six', 'Delete for everyone');
  await phone.hide();
  await row(ana, 'Fine').getByText('Deleted message').waitFor();
  expect(await row(ana, 'Fine').getByText('Yes, at six').count()).toBe(0);
});

test('[M11] a reaction given without a network shows at once, reaches the other later, and a press of it adds another', async () => {
  await phone.network.cut();
  await choose(phone, 'Shall we meet?', 'React with 👍');
  await pill(phone, '👍', 'You').waitFor();
  await phone.network.mend();
  await pill(ana, '👍', BO.name).click();
  await pill(phone, '👍 2').waitFor();
  expect(await pill(ana, '👍 2').getAttribute('aria-pressed')).toBe('true');
  await ana.page.reload();
  await pill(ana, '👍 2').click();
  await pill(phone, '👍 1', 'You').waitFor();
});

test('[M11] any emoji may be given, from the picker behind the quick ones', async () => {
  await choose(ana, 'Shall we meet?', 'More reactions…');
  await ana.page.getByRole('searchbox', { name: 'Search emoji' }).fill('sailboat');
  await ana.page.getByRole('gridcell').first().click();
  await pill(phone, '⛵', ANA.name).waitFor();
});

test('[M12] with its message a reaction goes', async () => {
  await choose(ana, 'Shall we meet?', 'Delete for everyone');
  await ana.hide();
  await pill(phone, '👍').waitFor({ state: 'detached' });
  expect(await pill(ana, '⛵').count()).toBe(0);
});
