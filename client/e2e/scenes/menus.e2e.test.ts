/** Menus and what they lead to: they stay in the window, and the focus goes where the work is. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setStage } from './stage.ts';

const { open, rows } = setStage();
let page: Page;

describe('the menu of a message', () => {
  // Room for it below, above, neither, and in no way; at the end of the line, where one’s own messages stand.
  for (const [height, y] of [
    [800, 150],
    [800, 640],
    [600, 300],
    [320, 160],
  ] as const)
    it(`is inside a window ${height} pixels high, opened at ${y}, and its last action can be reached`, async () => {
      page = await open('group');
      await page.setViewportSize({ width: 1280, height });
      await rows().first().waitFor();
      const bubble = page.getByRole('main').locator('[data-bubble]').last();
      await bubble.evaluate((element, clientY) => {
        element.dispatchEvent(
          new MouseEvent('contextmenu', { clientX: 1240, clientY, bubbles: true, cancelable: true }),
        );
      }, y);
      const inside = await page.getByRole('menu').evaluate((menu) => {
        const { top, bottom } = menu.getBoundingClientRect();
        return top >= 0 && bottom <= innerHeight;
      });
      expect(inside).toBe(true);
      await page.getByRole('menuitem', { name: 'React with 👍' }).hover();
      await page
        .getByRole('menuitem', { name: /^Delete/ })
        .last()
        .click();
      await page.getByRole('menu').waitFor({ state: 'detached' });
    });
});

describe('what a menu leads to has the focus once the menu has gone', () => {
  const focusAfter = async (action: string, how: 'mouse' | 'keyboard'): Promise<string> => {
    page = await open('group');
    await page.getByText('Three o’clock it is').click({ button: 'right' });
    const item = page.getByRole('menuitem', { name: action });
    await (how === 'mouse' ? item.click() : item.press('Enter'));
    await page.getByRole('menu').waitFor({ state: 'detached' });
    // Whatever gives the focus back does so by the second frame.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    return page.evaluate<string>("document.activeElement.closest('[role=dialog], textarea')?.ariaLabel ?? 'elsewhere'");
  };

  for (const how of ['mouse', 'keyboard'] as const)
    for (const [action, place] of [
      ['Reply', 'Message'],
      ['Edit', 'Message'],
      ['More reactions', 'Emoji'],
    ] as const)
      it(`by ${how}: ${action}`, async () => {
        expect(await focusAfter(action, how)).toBe(place);
      });
});

describe('a dialog that a menu opened', () => {
  it('has the focus for good, and gives it back', async () => {
    page = await open('home');
    const account = page.getByRole('button', { name: 'Account' });
    await account.click();
    await page.getByRole('menuitem', { name: 'Settings' }).click();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    const hasFocus = (locator: Locator) => locator.evaluate((element) => element.contains(document.activeElement));
    await expect.poll(() => hasFocus(page.getByRole('dialog'))).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => hasFocus(account)).toBe(true);
  });
});

describe('names begin where the lines of the page begin, in whichever letters,', () => {
  /** Of the name of somebody in the element: how far from where its line begins. */
  const indent = (name: Locator): Promise<number> =>
    name.evaluate((element) => {
      const words = document.createRange();
      words.selectNodeContents(element);
      const [box, text] = [element.getBoundingClientRect(), words.getBoundingClientRect()];
      return document.dir === 'rtl' ? box.right - text.right : text.left - box.left;
    });

  for (const language of ['en-GB', 'ar'])
    it(`where people are suggested and chats chosen, on a page in ${language}`, async () => {
      page = await open('group', { language });
      const composer = page.getByRole('main').locator('textarea');
      await composer.pressSequentially('@');
      for (const name of ['داليا حداد', 'Bo Nakamura'])
        expect(await indent(page.getByRole('option', { name }).locator('bdi'))).toBeLessThan(1);
      await page.keyboard.press('Escape');
      await page.getByText('I can do the desk').click({ button: 'right' });
      await page
        .getByRole('menuitem')
        .filter({ has: page.locator('.lucide-forward') })
        .click();
      for (const name of ['داليا حداد', 'Bo Nakamura'])
        expect(
          await indent(page.getByRole('dialog').getByRole('checkbox', { name }).locator('..').locator('bdi')),
        ).toBeLessThan(1);
    });
});
