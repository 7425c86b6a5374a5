/** The pictures of a conversation in memory, by keys and by finger. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { SceneOptions } from './fixture-page.ts';
import { setStage } from './stage.ts';

const { openAt } = setStage();
let page: Page;

describe('the pictures of a conversation', () => {
  /** Each farther from the end than pages reach, but for the last two. */
  const PLACES = [600, 3_010, 5_992, 5_996];
  const dialog = () => page.getByRole('dialog');
  const seen = (name: string) =>
    dialog()
      .getByRole('img', { name: `${name}.png` })
      .and(page.locator('[data-place=here] img'))
      .waitFor();
  /** Which picture has the focus, or is in the row that has it. */
  const focused = () =>
    page.evaluate<string | null | undefined>(`(() => {
      const { activeElement: focused } = document;
      return focused.dataset.key ? focused.querySelector('[data-opens]')?.dataset.opens : focused.dataset.opens;
    })()`);
  const openLast = async (options?: SceneOptions) => {
    page = await openAt('long', '6000. ', options);
    for (const [index, place] of PLACES.entries())
      await page.evaluate(`fixture.open('elif').illustrate(${place}, '${index}.png')`);
    await page.getByRole('button', { name: 'Open 3.png' }).click();
    await seen('3');
  };

  it('are gone through with keys, also those that are not loaded yet, and the focus goes to the one seen last', async () => {
    await openLast();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('3.png');
    await page.keyboard.press('Enter');
    await seen('3');
    await dialog().getByText('2 of 2 loaded', { exact: true }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await seen('2');
    await page.keyboard.press('ArrowLeft');
    await seen('1');
    await page.keyboard.press('ArrowLeft');
    await seen('0');
    await page.keyboard.press('ArrowRight');
    await seen('1');
    await dialog().getByRole('button', { name: 'Next picture' }).click();
    await seen('2');
    await page.keyboard.press('End');
    await seen('3');
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('3.png');
  });

  it('come nearer with keys, are moved about then, and a deleted one closes', async () => {
    await openLast();
    const scale = () =>
      page.evaluate<number>(
        "new DOMMatrix(getComputedStyle(document.querySelector('[data-place=here] img')).transform).a",
      );
    const shift = () =>
      page.evaluate<number>(
        "new DOMMatrix(getComputedStyle(document.querySelector('[data-place=here] img')).transform).e",
      );
    for (let times = 0; times < 3; times++) await page.keyboard.press('+');
    await expect.poll(scale).toBeGreaterThan(3);
    await page.keyboard.press('ArrowRight');
    await expect.poll(shift).toBe(-80);
    await page.keyboard.press('0');
    await expect.poll(scale).toBe(1);
    await page.evaluate(`fixture.open('elif').delete(fixture.open('elif').idAt(${PLACES[3]}))`);
    await dialog().waitFor({ state: 'detached' });
  });

  it('follow a finger to the side, and leave with one that goes down', async () => {
    await openLast({ size: 'phone', touch: true });
    const stage = dialog().locator('[data-place=here]').locator('..');
    const swipe = (x: number, y: number) =>
      stage.evaluate(
        (element, [toX, toY]) => {
          const at = (part: number) => ({ clientX: 195 + toX * part, clientY: 420 + toY * part });
          const common = { pointerId: 1, pointerType: 'touch', isPrimary: true, bubbles: true };
          element.setPointerCapture = () => undefined;
          for (const [type, part] of [
            ['pointerdown', 0],
            ['pointermove', 0.5],
            ['pointermove', 1],
            ['pointerup', 1],
          ] as const)
            element.dispatchEvent(new PointerEvent(type, { ...common, ...at(part) }));
        },
        [x, y] as const,
      );
    await swipe(120, 4);
    await seen('2');
    await swipe(-120, 4);
    await seen('3');
    await swipe(3, 200);
    await dialog().waitFor({ state: 'detached' });
  });
});
