/** Reading in a real browser, on conversations in memory: where rows stand, what counts as seen, what is deleted, what was left. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setStage } from './stage.ts';

const { open, openAt, field, rows, row, jump, isAboveComposer, expectFocusIn, shown, receive } = setStage();
let page: Page;

describe('the timeline', () => {
  it('opens at the first unread message and jumps to the latest', async () => {
    page = await open('many-unread');
    await page.getByRole('heading', { name: 'New messages' }).waitFor();
    await row('873. ').waitFor();
    expect(await rows().count()).toBeLessThan(60);
    await jump().click();
    await row('1000. ').waitFor();
    await jump().waitFor({ state: 'hidden' });
  });

  it.each([
    ['desktop', '/c/bo', '1000. '],
    ['phone', '/c/bo', '1000. '],
    ['phone', '/c/greta', '873. '],
  ] as const)('stands from the first frame where it stays (%s, %s)', async (size, path, words) => {
    page = await open('home', { size, touch: size === 'phone' });
    const moved = await page.evaluate<Awaited<ReturnType<typeof openAndWatch>>>(
      `(${openAndWatch.toString()})('${path}')`,
    );
    expect(moved.rows).toBeGreaterThan(4);
    expect(moved.late).toBe(0);
    expect(moved.worstPx).toBeLessThanOrEqual(1);
    await row(words).waitFor();
  });

  it('is read from the moment its line is pressed', async () => {
    page = await open('home');
    const line = page.locator('a[href="/c/bo"]');
    await line.hover();
    expect(await page.evaluate('fixture.prepared')).toEqual([]);
    await page.mouse.down();
    expect(await page.evaluate('fixture.prepared')).toEqual(['bo']);
    await page.mouse.up();
    await row('1000. ').waitFor();
  });

  it('follows new messages at the end only', async () => {
    page = await openAt('many', '1000. ');
    await receive('bo', 'u-bo', 'followed');
    await row('followed').waitFor();
    await expect.poll(() => isAboveComposer('followed')).toBe(true);
    await rows().last().hover();
    await page.mouse.wheel(0, -2_000);
    await jump().waitFor();
    await receive('bo', 'u-bo', 'not followed');
    await page.getByRole('button', { name: 'Jump to latest · 1 new' }).waitFor();
    await field().fill('own text');
    await field().press('Enter');
    await expect.poll(() => isAboveComposer('own text')).toBe(true);
  });

  it('reports as seen what is on screen, and nothing in a tab without focus', async () => {
    page = await open('many-unread');
    await row('873. ').waitFor();
    await expect.poll(async () => (await shown('greta')).length).toBeGreaterThan(2);
    expect((await shown('greta')).length).toBeLessThan(20);
    await page.evaluate('document.hasFocus = () => false');
    const before = (await shown('greta')).length;
    await jump().click();
    await row('1000. ').waitFor();
    expect(await shown('greta')).toHaveLength(before);
    await page.evaluate('delete document.hasFocus; window.dispatchEvent(new Event("focus"))');
    await expect.poll(async () => (await shown('greta')).length).toBeGreaterThan(before);
  });

  it('is one Tab stop, with arrows inside and the menu on Enter', async () => {
    page = await openAt('direct', 'Boarding now');
    await field().press('Shift+Tab');
    // The button of the row that is the Tab stop, then the row.
    await page.keyboard.press('Shift+Tab');
    await expectFocusIn('Boarding now');
    await page.keyboard.press('ArrowUp');
    await expectFocusIn('far too many bags');
    await page.keyboard.press('Home');
    await expectFocusIn('Are you still coming');
    await page.keyboard.press('End');
    await expectFocusIn('Boarding now');
    await page.keyboard.press('Shift+F10');
    await page.getByRole('menuitem', { name: 'Copy text' }).waitFor();
    await page.keyboard.press('Escape');
    await expectFocusIn('Boarding now');
    await page.keyboard.press('Escape');
    await expect.poll(() => field().evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('announces what others write', async () => {
    page = await open('direct');
    await rows().first().waitFor();
    await receive('ana', 'u-ana', 'Hello there');
    await page.locator('[aria-live=polite]').getByText('Ana Ferreira: Hello there').waitFor();
  });

  it('[M4] deletes a message at once, and brings it back with a press or Ctrl+Z as long as it says so', async () => {
    page = await open('direct');
    const remove = async () => {
      // As long as the test takes.
      await page.evaluate('fixture.deletions.hold()');
      await page.getByText('far too many bags').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Delete for everyone' }).click();
      await row('You deleted this message').waitFor();
    };
    await remove();
    await page.getByRole('status').getByText('Message deleted').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await row('far too many bags').waitFor();
    await expectFocusIn('far too many bags');
    await remove();
    await page.keyboard.press('Control+z');
    await row('far too many bags').waitFor();
    await remove();
    await page.getByRole('button', { name: 'Delete now' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+z');
    await row('You deleted this message').waitFor();
  });

  it('[M13] hides a message for oneself, and keeps the focus among the others', async () => {
    page = await open('direct');
    await page.evaluate('fixture.deletions.hold()');
    await page.getByText('I saw. All of it').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete for me' }).click();
    await row('I saw. All of it').waitFor({ state: 'hidden' });
    await page.getByRole('status').getByText('Message deleted for you').waitFor();
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await expectFocusIn('Boarding now');
    await page.keyboard.press('Control+z');
    await row('I saw. All of it').waitFor();
  });

  it('says why a message could not be deleted, and shows it again', async () => {
    page = await open('direct');
    await page.evaluate("fixture.open('ana').failure = {}");
    await page.evaluate('fixture.deletions.hold()');
    await page.getByText('far too many bags').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete for everyone' }).click();
    await page.getByRole('button', { name: 'Delete now' }).click();
    await row('far too many bags').waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Dismiss' }).click();
  });

  it('offers Retry, Edit, Copy and Delete for what failed', async () => {
    page = await open('failed');
    const failed = row('not the 9:20 one');
    for (const name of ['Retry', 'Edit', 'Copy', 'Delete']) await failed.getByRole('button', { name }).waitFor();
    await failed.getByRole('button', { name: 'Edit' }).click();
    await field().fill('The 9:40 one.');
    await field().press('Enter');
    await row('The 9:40 one.').waitFor();
    await row('far too long for one message').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Not sent').waitFor({ state: 'hidden' });
  });
});

describe('a conversation that was left', () => {
  const openFromList = async (name: string): Promise<void> => {
    await page.getByRole('link', { name }).click();
    await page.getByRole('main').getByRole('heading', { name, level: 1 }).waitFor();
  };
  const panes = (): Promise<number> =>
    page.evaluate<number>('document.querySelectorAll(\'[role=list][aria-label^="Messages with"]\').length');

  it('is where it was left when one comes back, its rows made once', async () => {
    page = await openAt('many', '1000. ');
    await rows().last().hover();
    await page.mouse.wheel(0, -2_000);
    await jump().waitFor();
    const seen = rows().filter({ hasText: '96' }).first();
    await seen.evaluate((element) => Object.assign(element, { mark: 1 }));
    const before = await seen.boundingBox();
    await openFromList('Ana Ferreira');
    expect(await page.getByRole('list', { name: 'Messages with Bo' }).count()).toBe(0);
    await openFromList('Bo Nakamura');
    expect((await seen.boundingBox())?.y).toBe(before?.y);
    expect(await seen.evaluate((element) => 'mark' in element)).toBe(true);
  });

  it('counts nothing as read and is in nobody’s sight until one comes back', async () => {
    page = await openAt('many', '1000. ');
    await page.evaluate('document.hasFocus = () => false');
    await rows().last().hover();
    await page.mouse.wheel(0, -2_000);
    await jump().waitFor();
    const before = await shown('bo');
    await openFromList('Ana Ferreira');
    await page.evaluate('delete document.hasFocus; window.dispatchEvent(new Event("focus"))');
    await receive('bo', 'u-bo', 'written meanwhile');
    await receive('ana', 'u-ana', 'written here');
    await expect
      .poll(() =>
        page.evaluate(`{
          const { shownIds, timeline } = fixture.open('ana');
          shownIds.at(-1) === timeline.get().rows.at(-1).message.id;
        }`),
      )
      .toBe(true);
    expect(await shown('bo')).toEqual(before);
    const looks = () => page.evaluate<string[]>('fixture.looks.slice(fixture.looks.indexOf("ana"))');
    expect(await looks()).not.toContain('bo');
    await openFromList('Bo Nakamura');
    await expect.poll(async () => (await shown('bo')).length).toBeGreaterThan(before.length);
    await expect.poll(async () => (await looks()).at(-1)).toBe('bo');
  });

  it('is opened at what is unread by then', async () => {
    page = await openAt('many', '1000. ');
    await rows().last().hover();
    await page.mouse.wheel(0, -2_000);
    await jump().waitFor();
    await openFromList('Ana Ferreira');
    for (let count = 0; count < 40; count++) await receive('bo', 'u-bo', `meanwhile ${count}`);
    await page.evaluate(`{
      const { timeline } = fixture.open('bo');
      timeline.set({ ...timeline.get(), firstUnread: timeline.get().rows.at(-40).message.id, unread: 40 });
    }`);
    await openFromList('Bo Nakamura');
    await page.getByRole('main').getByRole('heading', { name: 'New messages' }).waitFor();
    const line = await page.getByRole('main').getByRole('heading', { name: 'New messages' }).boundingBox();
    expect(line?.y).toBeLessThan(200);
    expect(await page.locator('[aria-live=polite]', { hasText: 'meanwhile' }).count()).toBe(0);
  });

  it('is kept with two others and no more, and not with a dialog over it', async () => {
    page = await open('home');
    for (const name of ['Ana Ferreira', 'Bo Nakamura', 'Hugo Brandt', 'Elif Şahin']) await openFromList(name);
    await expect.poll(panes).toBe(3);
    await page.getByRole('button', { name: 'Chat menu' }).click();
    await page.getByRole('menuitem', { name: 'Go to a date…' }).click();
    await page.getByRole('dialog').waitFor();
    await page.evaluate("history.pushState(null, '', '/c/ana'); dispatchEvent(new PopStateEvent('popstate'))");
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(panes).toBe(3);
    await expect.poll(() => page.locator('[aria-label="Messages with Elif Şahin"]').count()).toBe(0);
  });
});

/** Runs in the page: opens a conversation and tells how far its rows move after the first frame that has any. */
async function openAndWatch(path: string): Promise<{ rows: number; late: number; worstPx: number }> {
  // biome-ignore lint/suspicious/noExplicitAny: the DOM, which this program of Node has no types of
  const { document, requestAnimationFrame, MutationObserver } = globalThis as any;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const tops = (): Map<string, number> => {
    const found = new Map<string, number>();
    const box = document
      .querySelector('[role=list][aria-label^="Messages with"]')
      .parentElement.getBoundingClientRect();
    for (const row of document.querySelectorAll('[data-key]')) {
      const { top, bottom } = row.getBoundingClientRect();
      // Others are there too: the Tab stop, far below, and what the header hides.
      if (bottom > box.top && top < box.bottom) found.set(row.dataset.key, top);
    }
    return found;
  };
  const inserted = new Promise<void>((resolve) => {
    new MutationObserver((_: unknown, observer: { disconnect(): void }) => {
      if (!document.querySelector('[data-text]')) return;
      observer.disconnect();
      resolve();
    }).observe(document, { childList: true, subtree: true });
  });
  document.querySelector(`a[href="${path}"]`).click();
  await inserted;
  const first = tops();
  for (let frames = 0; frames < 30; frames++) await frame();
  const last = tops();
  let worstPx = 0;
  for (const [key, top] of first) worstPx = Math.max(worstPx, Math.abs(top - (last.get(key) ?? top)));
  return { rows: first.size, late: [...last.keys()].filter((key) => !first.has(key)).length, worstPx };
}
