/** Scrolling through a long conversation in memory, and jumping in it: what a reader looks at stays where it is. */
import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { watchRows } from '../row-watch.ts';
import { setStage } from './stage.ts';

const { open, jump } = setStage();
let page: Page;

const row = (words: string): Locator => page.locator('[data-bubble]').filter({ hasText: words });

test.each([
  { size: 'desktop', back: 5_000, forth: 2_500 },
  { size: 'phone', back: 2_500, forth: 1_000 },
] as const)(
  '[P5] back through $back messages and forth again, no row moves by itself ($size)',
  async (story) => {
    page = await open('long', { size: story.size });
    await row('6000. ').waitFor();
    const back = await watchRows(page, { stepPx: -220, untilMessages: story.back });
    expect(back.worstPx, back.worst).toBeLessThanOrEqual(1);
    expect(back.messages).toBeGreaterThanOrEqual(story.back);
    expect(back.pages).toBeGreaterThan(2);
    await jump().waitFor();
    const forth = await watchRows(page, { stepPx: 220, untilMessages: story.forth });
    expect(forth.worstPx, forth.worst).toBeLessThanOrEqual(1);
    expect(forth.messages).toBeGreaterThanOrEqual(story.forth);
  },
  180_000,
);

test('the latest message is one press away, however far back', async () => {
  page = await open('long');
  await row('6000. ').waitFor();
  await watchRows(page, { stepPx: -2_000, untilMessages: 800 });
  await jump().click();
  await row('6000. ').waitFor();
  await jump().waitFor({ state: 'hidden' });
  await watchRows(page, { stepPx: -2_000, untilMessages: 800 });
  await page.getByLabel('Message', { exact: true }).fill('written far back');
  await page.getByLabel('Message', { exact: true }).press('Enter');
  await row('written far back').waitFor();
});

test('a link to a message shows it in its place, marked and focused, also once more; a wrong one says so', async () => {
  page = await open('long');
  await row('5999. ').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Copy link' }).click();
  const link = new URL(await page.evaluate<string>('navigator.clipboard.readText()'));
  expect(link.pathname).toMatch(/^\/c\/elif\/[0-9a-z]+-[0-9a-z]+$/);
  const id = await page.evaluate<string>('fixture.open("elif").idAt(1234)');
  const visit = (path: string) =>
    page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
  for (let times = 0; times < 2; times++) {
    await visit(`/c/elif/${id}`);
    await row('1235. ').waitFor();
    await page.locator(`[data-marked][data-key="${id}"]`).waitFor();
    expect(await page.evaluate<string>('document.activeElement.dataset.key')).toBe(id);
    await page.mouse.wheel(0, -3_000);
  }
  await visit('/c/elif/zzz-zz');
  await page.getByText('This message does not exist').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByText('This message does not exist').waitFor({ state: 'hidden' });
});

test('a date leads to the first message of that day, under its heading', async () => {
  page = await open('long');
  await page.getByRole('button', { name: 'Chat menu' }).click();
  await page.getByRole('menuitem', { name: 'Go to a date…' }).click();
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  await page.getByText('Choose a date.').waitFor();
  const day = new Date(Date.now() - 9 * 86_400_000);
  const two = (part: number) => String(part).padStart(2, '0');
  const value = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  await page.getByLabel('Date', { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Go', exact: true }).click();
  const heading = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' }).format(day);
  const found = page.getByRole('heading', { name: heading });
  await expect.poll(async () => (await found.boundingBox())?.y).toBeLessThan(220);
});
