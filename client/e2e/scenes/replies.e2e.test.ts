/** Replying and reacting in a real browser, on conversations in memory: by menu, key and finger; the bar, the quote, its way, the pills. */
import type { CDPSession, Locator, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { setStage } from './stage.ts';

const { open, field } = setStage();
let page: Page;

const row = (words: string): Locator =>
  page
    .getByRole('list', { name: /Messages with/ })
    .getByRole('listitem')
    .filter({ has: page.getByText(words) });
const bar = (words: string | RegExp): Locator => page.locator('form').getByText(words);

it('a reply from the menu shows what it replies to above the field, is kept across a reload, and is given up with Escape', async () => {
  page = await open('direct');
  await row('the good stove').getByText('the good stove').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Reply', exact: true }).click();
  await bar('Reply to Ana Ferreira').waitFor();
  await page.goto(page.url().replace(/\/c\/.*/, '/?scene=direct'));
  await bar(/the good stove/).waitFor();
  await field().press('Escape');
  await bar('Reply to Ana Ferreira').waitFor({ state: 'detached' });
});

it('r on the current message replies to it; the sent reply quotes it, and its quote leads there', async () => {
  page = await open('direct');
  await field().fill('before');
  await row('Boarding now').focus();
  for (let up = 0; up < 3; up++) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('r');
  await bar(/ok/).waitFor();
  expect(await field().inputValue()).toBe('before');
  await field().fill('Really?');
  await field().press('Enter');
  const quote = row('Really?').getByRole('button', { name: 'In reply to: Ana Ferreira ok' });
  await quote.waitFor();
  await bar(/ok/).waitFor({ state: 'detached' });
  await quote.click();
  await page.locator('[data-marked]').filter({ hasText: 'ok' }).waitFor();
});

it('a quote says what became of the message: changed, deleted, or not here', async () => {
  page = await open('group');
  await row('Key is with me.').getByText('This message is not on this device.').waitFor();
  await page
    .getByRole('button', {
      name: 'In reply to: Greta Wolfeschlegelsteinhausenbergerdorff-Montgomery the Third Deleted message',
    })
    .waitFor();
});

it('on a phone a swipe to the side replies, and neither a short one nor scrolling does', async () => {
  page = await open('direct', { size: 'phone', touch: true });
  await row('Boarding now').waitFor();
  const devtools = await page.context().newCDPSession(page);
  await swipe(devtools, await middleOf(row('far too many bags')), [40, 0]);
  await swipe(devtools, await middleOf(row('far too many bags')), [30, -90]);
  expect(await bar(/Reply to/).count()).toBe(0);
  await swipe(devtools, await middleOf(row('Boarding now')), [120, 6]);
  await bar('Reply to yourself').waitFor();
});

it('a reaction keeps the newest message in view, and is ringed and pressed for who gave it', async () => {
  page = await open('direct');
  await row('Boarding now').waitFor();
  const kiosk = row('Meet at the blue kiosk?');
  await kiosk.getByText('Meet at').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'React with ❤️' }).click();
  const pill = kiosk.getByRole('button', { name: '❤️ 1 You' });
  await pill.waitFor();
  expect(await pill.getAttribute('aria-pressed')).toBe('true');
  await expect.poll(() => distanceFromField('Boarding now')).toBeLessThan(24);
  await pill.click();
  await pill.waitFor({ state: 'detached' });
  await expect.poll(() => distanceFromField('Boarding now')).toBeLessThan(24);
});

/** px between the lower edge of a message and the composer. */
async function distanceFromField(words: string): Promise<number> {
  const [message, form] = await Promise.all([row(words).boundingBox(), page.locator('form').boundingBox()]);
  return message && form ? Math.abs(form.y - message.y - message.height) : Number.POSITIVE_INFINITY;
}

async function middleOf(locator: Locator): Promise<[number, number]> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('It is not on the screen');
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** A finger put down, moved by `way` px, and lifted. */
async function swipe(devtools: CDPSession, [x, y]: [number, number], way: [number, number]): Promise<void> {
  const at = (part: number) => [{ x: x + way[0] * part, y: y + way[1] * part }];
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let step = 1; step <= 10; step++)
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / 10) });
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}
