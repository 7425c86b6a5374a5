/** What people do with texts, on conversations in memory: formatting, emoji, mentions, sending on, selecting several. */
import type { Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { setStage } from './stage.ts';

const { open, field } = setStage();
let page: Page;

/** Lists in texts have items, too. */
const row = (words: string): Locator => page.locator('[role=listitem][data-index]').filter({ hasText: words });
const lastOf = (id: string): Promise<string> =>
  page.evaluate<string>(`fixture.open('${id}').timeline.get().rows.at(-1).message.text`);
const clipboard = (): Promise<string> => page.evaluate<string>('navigator.clipboard.readText()');

it('[T1] [T4] [T5] a text is written with completion, shown as it was meant, and sent on', async () => {
  page = await open('group');
  await field().pressSequentially('**Hi** @chi');
  await page.getByRole('option', { name: 'Chidi Okafor' }).waitFor();
  await field().press('Enter');
  await field().pressSequentially('and @');
  await page.getByRole('option').nth(1).waitFor();
  await field().press('Escape');
  await page.getByRole('option').first().waitFor({ state: 'hidden' });
  await field().press('Backspace');
  await field().pressSequentially(':wav');
  await page.getByRole('option', { name: ':wave:' }).waitFor();
  await field().press('Tab');
  await field().pressSequentially('`x` :wave:');
  expect(await field().inputValue()).toBe('**Hi** @Chidi Okafor and 👋 `x` 👋');
  await field().press('Enter');
  const sent = row('@Chidi Okafor and');
  await sent.locator('strong', { hasText: 'Hi' }).waitFor();
  expect(await sent.locator('[data-text]').textContent()).toBe('Hi @Chidi Okafor and 👋 x 👋');
  expect(await lastOf('festival')).toBe('**Hi** [@Chidi Okafor](user:u-chidi) and 👋 `x` 👋');

  await field().press('ArrowUp');
  expect(await field().inputValue()).toBe('**Hi** @Chidi Okafor and 👋 `x` 👋');
  await field().press('Escape');

  await sent.locator('[data-bubble]').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Forward' }).click();
  await page.getByRole('searchbox', { name: 'Search chats' }).fill('ana');
  await page.getByRole('checkbox', { name: 'Ana Ferreira' }).check();
  await page.getByRole('searchbox', { name: 'Search chats' }).fill('hug');
  await page.getByRole('checkbox', { name: 'Hugo Brandt' }).check();
  await page.getByRole('button', { name: 'Send to 2 chats' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  for (const chat of ['ana', 'hugo']) expect(await lastOf(chat)).toBe(await lastOf('festival'));
});

it('[T1] [T2] code is copied from its block, links lead away safely, several messages are selected by keys', async () => {
  page = await open('formatted');
  await page.getByRole('button', { name: 'Copy code' }).click();
  expect(await clipboard()).toContain('"departs": "09:40"');
  const link = page.getByRole('link', { name: /^https:\/\/ferry/ });
  expect(await link.getAttribute('rel')).toContain('noopener');
  expect(await link.getAttribute('href')).toBe('https://ferry.example.org/a_b_c');
  expect(await page.locator('[data-mention="me"]').textContent()).toBe('@Mara Lindqvist');

  await row('bread').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Select' }).click();
  await page.getByText('1 selected').waitFor();
  // The menu gives the focus back when it has faded.
  await page.locator('[role=listitem][data-index]:focus').filter({ hasText: 'bread' }).waitFor();
  await row('which one').focus();
  await page.keyboard.press('Space');
  await page.getByText('2 selected').waitFor();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 2 messages?' });
  await dialog.getByRole('button', { name: 'Delete for me' }).waitFor();
  expect(await dialog.getByRole('button', { name: 'Delete for everyone' }).count()).toBe(0);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect
    .poll(clipboard)
    .toBe(
      'by ferry\n\n@Finn O’Sullivan which one? https://ferry.example.org/a_b_c\n- milk\n- bread\n- غداً نلتقي في المرفأ',
    );
  await page.keyboard.press('Escape');
  await field().waitFor();
});

it('[T4] a finger picks an emoji from the sheet, and deletes what it selected', async () => {
  page = await open('direct', { size: 'phone', touch: true });
  await field().fill('boat: ');
  await page.getByRole('button', { name: 'Emoji' }).tap();
  const dark = page.getByRole('radio', { name: 'Dark skin tone', exact: true });
  await dark.tap();
  await expect.poll(() => dark.isChecked()).toBe(true);
  await page.getByRole('searchbox', { name: 'Search emoji' }).fill('rowing');
  await page.getByRole('gridcell', { name: 'person rowing boat', exact: true }).tap();
  await page.getByRole('gridcell').first().waitFor({ state: 'hidden' });
  expect(await field().inputValue()).toBe('boat: 🚣🏿');
  await page.getByRole('button', { name: 'Send', exact: true }).tap();
  await row('boat:').waitFor();

  await row('boat:').locator('[data-bubble]').dispatchEvent('contextmenu', { bubbles: true });
  await page.getByRole('menuitem', { name: 'Select' }).tap();
  await row('Boarding now').tap();
  await page.getByRole('button', { name: 'Delete', exact: true }).tap();
  await page.getByRole('heading', { name: 'Delete 2 messages?' }).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for everyone' }).tap();
  await row('boat:').waitFor({ state: 'hidden' });
  await field().waitFor();
  expect(await row('You deleted this message').count()).toBe(2);
});
