/** The interface on a phone: one pane, fingers, narrow screens. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setStage } from './stage.ts';

const { open, openAt, row } = setStage();
let page: Page;

describe('on a phone', () => {
  it('shows one pane, and Back returns to the list', async () => {
    page = await open('home', { size: 'phone', touch: true });
    await page.getByRole('link', { name: /Ana Ferreira/ }).tap();
    await page.getByRole('heading', { name: 'Ana Ferreira' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Chats' }).isVisible()).toBe(false);
    expect(new URL(page.url()).pathname).toBe('/c/ana');
    await page.getByRole('button', { name: 'Back' }).tap();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { name: 'Ana Ferreira' }).waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Chats' }).waitFor();
  });

  it('a message that was touched shows no button that a finger cannot press', async () => {
    page = await openAt('direct', 'Boarding now', { size: 'phone', touch: true });
    await page.getByText('far too many bags').tap();
    const actions = row('far too many bags').getByRole('button', { name: 'Message actions' });
    expect(await actions.evaluate((button) => button.parentElement?.matches(':hover'))).toBe(true);
    expect(await actions.evaluate((button) => getComputedStyle(button).opacity)).toBe('0');
  });

  it('opens the menu of a message by a long press, and it stays open', async () => {
    page = await openAt('direct', 'Boarding now', { size: 'phone', touch: true });
    const box = await page.getByText('far too many bags').boundingBox();
    const touch = await page.context().newCDPSession(page);
    const touchPoints = [{ x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 8 }];
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
    await page.getByRole('menuitem', { name: 'Edit' }).waitFor();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await page.waitForTimeout(400);
    expect(await page.getByRole('menuitem', { name: 'Edit' }).isVisible()).toBe(true);
  });

  it('a menu is no wider than the screen, whatever the size of its words', async () => {
    page = await open('direct', { size: 'phone' });
    await page.evaluate("document.documentElement.dataset.textSize = 'largest'");
    await page.getByText('far too many bags').click({ button: 'right' });
    const more = await page.getByRole('menuitem', { name: 'More reactions' }).boundingBox();
    expect((more?.x ?? 0) + (more?.width ?? 0)).toBeLessThan(390);
    const menu = await page.getByRole('menu').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(menu).toBe(0);
  });

  it('has room for the words of the longest language, in the details of a group and above the keyboard', async () => {
    page = await open('group', { size: 'phone', language: 'de-DE' });
    const overflown = (element: Element): string[] =>
      [element, ...element.querySelectorAll('*')]
        .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth)
        .map(({ outerHTML }) => outerHTML.slice(0, 120));
    await page.getByRole('heading', { name: 'Harbour festival' }).getByRole('button').click();
    const mute = page.getByRole('dialog').getByRole('button', { name: 'Stummschalten' });
    for (const size of ['normal', 'largest']) {
      await page.evaluate(`document.documentElement.dataset.textSize = '${size}'`);
      expect(await mute.locator('../..').evaluate(overflown)).toEqual([]);
    }
    const placeholder = await page
      .locator('textarea')
      .first()
      .evaluate((field) => field.scrollHeight - field.clientHeight);
    expect(placeholder).toBe(0);
  });

  it('has targets of at least 44 pixels', async () => {
    page = await open('failed', { size: 'phone', touch: true });
    const small = await page.evaluate<string[]>(`
      [...document.querySelectorAll('button, a, input, textarea')]
        .filter((one) => one.checkVisibility() && getComputedStyle(one).pointerEvents !== 'none')
        .filter((one) => one.closest('p, [dir=auto]') === null || one.tagName === 'BUTTON')
        .filter((one) => {
          const { x, y, width, height } = one.getBoundingClientRect();
          // What is painted may be smaller than what can be pressed.
          const isHit = ([dx, dy]) => one.contains(document.elementFromPoint(x + width / 2 + dx, y + height / 2 + dy));
          return (height < 44 && ![[0, -21], [0, 21]].every(isHit)) || (width < 44 && ![[-21, 0], [21, 0]].every(isHit));
        })
        .map((one) => one.outerHTML.slice(0, 160))
    `);
    expect(small).toEqual([]);
  });
});
