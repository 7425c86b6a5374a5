/** How the interface behaves in a real browser, on conversations in memory: reading, writing, keyboard, touch, history. */
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type FixturePage, startFixture } from './fixture-page.ts';
import { openSettings } from './settings.ts';

let fixture: FixturePage;
let page: Page;

beforeAll(async () => {
  fixture = await startFixture({ executablePath: inject('chromium'), origin: inject('scenes') });
});

afterEach(() => page?.context().close());
afterAll(() => fixture?.[Symbol.asyncDispose]());

const field = (): Locator => page.getByRole('main').getByLabel('Message', { exact: true });
const rows = (): Locator => page.getByRole('list', { name: /Messages with/ }).getByRole('listitem');
const row = (words: string): Locator => rows().filter({ hasText: words });
const jump = (): Locator => page.getByRole('button', { name: /Jump to latest/ });
/** Ids that the interface reported as seen. */
const shown = (id: string): Promise<string[]> => page.evaluate<string[]>(`fixture.open('${id}').shownIds`);
const receive = (id: string, from: string, text: string): Promise<unknown> =>
  page.evaluate(`fixture.open('${id}').receive('${from}', '${text}')`);

describe('an export', () => {
  it('[X6] saves a file under its name and keeps the focus in the dialog', async () => {
    page = await fixture.open('group');
    await page.getByRole('button', { name: 'Chat menu' }).click();
    await page.getByRole('menuitem', { name: 'Export…' }).click();
    await page.getByRole('radio', { name: 'Lines of JSON' }).check();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    expect((await saved).suggestedFilename()).toMatch(/^Harbour festival.*\.ndjson$/);
    await page.getByText('Saved as').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Close');
  });

  it('[X6] of one’s data shows how far it is, and Cancel ends it', async () => {
    page = await fixture.open('home');
    const data = await openSettings(page, 'Your data');
    const door = data.getByRole('button', { name: 'Export my data…' });
    await door.click();
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText('34,120 of 100,000 messages').waitFor();
    await page.evaluate("fixture.exports.archive.set({ is: 'running', bytes: 1, messages: 99000, of: 100000 })");
    await page.getByText('99,000 of 100,000 messages').waitFor();
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('99000');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog', { name: 'Export my data' }).waitFor({ state: 'detached' });
    await expect.poll(() => door.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.evaluate('fixture.exports.hasGivenUp')).toBe(true);
  });
});

describe('the composer', () => {
  it('sends with Enter, breaks the line with Shift+Enter and clears only then', async () => {
    page = await fixture.open('direct');
    await field().fill('one');
    await field().press('Shift+Enter');
    await page.keyboard.type('two');
    expect(await field().inputValue()).toBe('one\ntwo');
    await field().press('Enter');
    await row('one\ntwo').waitFor();
    expect(await field().inputValue()).toBe('');
  });

  it('[P3] keeps the text and says why when this device cannot store it', async () => {
    page = await fixture.open('storage-full');
    await field().fill('must not get lost');
    await field().press('Enter');
    await page.getByText('Your text is still here').waitFor();
    expect(await field().inputValue()).toBe('must not get lost');
  });

  it('[P3] keeps what was typed, and an edit in progress, across a reload', async () => {
    page = await fixture.open('direct');
    await field().fill('half a thou');
    await page.goto(page.url().replace(/\/c\/.*/, '/?scene=direct'));
    expect(await field().inputValue()).toBe('half a thou');
    await row('far too many bags').getByText('far too many bags').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await field().fill('just one bag');
    await page.goto(page.url().replace(/\/c\/.*/, '/?scene=direct'));
    await page.getByText('Editing message').waitFor();
    expect(await field().inputValue()).toBe('just one bag');
    await field().press('Escape');
    expect(await field().inputValue()).toBe('half a thou');
  });

  it('edits the last own message with ↑ and saves with Enter', async () => {
    page = await fixture.open('direct');
    await field().press('ArrowUp');
    expect(await field().inputValue()).toBe('Boarding now ⛴️');
    await field().fill('Boarding late');
    await field().press('Enter');
    await row('Boarding late').getByText('edited').waitFor();
    expect(await field().inputValue()).toBe('');
  });

  it('counts down near the limit and sends nothing beyond it', async () => {
    page = await fixture.open('direct');
    await field().fill('x'.repeat(7_990));
    await page.getByText('10 characters left').waitFor();
    await field().fill('x'.repeat(8_001));
    await page.getByText('Too long by 1 character').waitFor();
    await field().press('Enter');
    expect(await field().inputValue()).toHaveLength(8_001);
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  });

  it('grows without covering the newest message', async () => {
    page = await fixture.open('direct');
    await field().fill('\n\n\n\n\n');
    await expect.poll(() => isAboveComposer('Boarding now')).toBe(true);
  });
});

/** Opens a scene and waits until its newest message is in place. */
async function openAt(scene: string, words: string, options?: Parameters<FixturePage['open']>[1]): Promise<void> {
  page = await fixture.open(scene, options);
  await row(words).waitFor();
  await expect.poll(() => isAboveComposer(words)).toBe(true);
}

async function isAboveComposer(words: string): Promise<boolean> {
  const [message, composer] = await Promise.all([row(words).boundingBox(), field().boundingBox()]);
  return message !== null && composer !== null && message.y + message.height <= composer.y;
}

describe('the timeline', () => {
  it('opens at the first unread message and jumps to the latest', async () => {
    page = await fixture.open('many-unread');
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
    page = await fixture.open('home', { size, touch: size === 'phone' });
    const moved = await page.evaluate<Awaited<ReturnType<typeof openAndWatch>>>(
      `(${openAndWatch.toString()})('${path}')`,
    );
    expect(moved.rows).toBeGreaterThan(4);
    expect(moved.late).toBe(0);
    expect(moved.worstPx).toBeLessThanOrEqual(1);
    await row(words).waitFor();
  });

  it('is read from the moment its line is pressed', async () => {
    page = await fixture.open('home');
    const line = page.locator('a[href="/c/bo"]');
    await line.hover();
    expect(await page.evaluate('fixture.prepared')).toEqual([]);
    await page.mouse.down();
    expect(await page.evaluate('fixture.prepared')).toEqual(['bo']);
    await page.mouse.up();
    await row('1000. ').waitFor();
  });

  it('follows new messages at the end only', async () => {
    await openAt('many', '1000. ');
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
    page = await fixture.open('many-unread');
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
    await openAt('direct', 'Boarding now');
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
    page = await fixture.open('direct');
    await rows().first().waitFor();
    await receive('ana', 'u-ana', 'Hello there');
    await page.locator('[aria-live=polite]').getByText('Ana Ferreira: Hello there').waitFor();
  });

  it('[M4] deletes a message at once, and brings it back with a press or Ctrl+Z as long as it says so', async () => {
    page = await fixture.open('direct');
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
    page = await fixture.open('direct');
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
    page = await fixture.open('direct');
    await page.evaluate("fixture.open('ana').failure = {}");
    await page.evaluate('fixture.deletions.hold()');
    await page.getByText('far too many bags').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Delete for everyone' }).click();
    await page.getByRole('button', { name: 'Delete now' }).click();
    await row('far too many bags').waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Dismiss' }).click();
  });

  it('offers Retry, Edit, Copy and Delete for what failed', async () => {
    page = await fixture.open('failed');
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
    await openAt('many', '1000. ');
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
    await openAt('many', '1000. ');
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
    await openAt('many', '1000. ');
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
    page = await fixture.open('home');
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

describe('files', () => {
  it('that are dropped go to the conversation that is seen, not to those that stand behind it', async () => {
    await openAt('many', '1000. ');
    await page.getByRole('link', { name: 'Ana Ferreira' }).click();
    await page.getByRole('main').getByRole('heading', { name: 'Ana Ferreira', level: 1 }).waitFor();
    const isTaken = await page.evaluate(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['words'], 'notes.txt', { type: 'text/plain' }));
      return !document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    expect(isTaken).toBe(true);
    await page.getByRole('main').getByRole('list', { name: 'Files to send' }).getByText('notes.txt').waitFor();
    expect(await page.locator('[aria-label="Files to send"]').count()).toBe(1);
  });

  it('that nobody takes never lead away from the page, and what is pasted beside the field goes to the tray', async () => {
    const give = (kind: 'dragover' | 'drop' | 'paste') =>
      page.evaluate((type) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(['words'], 'notes.txt', { type: 'text/plain' }));
        const options = { bubbles: true, cancelable: true };
        return !document.body.dispatchEvent(
          type === 'paste'
            ? new ClipboardEvent(type, { ...options, clipboardData: dataTransfer })
            : new DragEvent(type, { ...options, dataTransfer }),
        );
      }, kind);
    page = await fixture.open('home');
    expect([await give('dragover'), await give('drop')]).toEqual([true, true]);
    await openAt('many', '1000. ');
    await page.locator('[data-bubble]').last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Select' }).click();
    await page.getByText('1 selected').waitFor();
    expect([await give('drop'), await give('paste')]).toEqual([true, true]);
    await page.getByRole('button', { name: 'End selection' }).click();
    const tray = page.getByRole('main').getByRole('list', { name: 'Files to send' });
    await expect.poll(() => tray.getByText('notes.txt').count()).toBe(2);
  });

  it('without words are quoted by their kind, and are neither copied nor sent on', async () => {
    page = await fixture.open('files');
    const bubble = row('ferries, autumn').locator('[data-bubble]');
    await row('ferries, autumn').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Reply' }).waitFor();
    expect(await page.getByRole('menuitem', { name: /Copy$|Forward/ }).count()).toBe(0);
    await page.getByRole('menuitem', { name: 'Select' }).click();
    await page.getByText('1 selected').waitFor();
    const forward = page.getByRole('button', { name: 'Forward' });
    expect(await forward.isDisabled()).toBe(true);
    await rows()
      .filter({ has: page.getByRole('button', { name: 'Open evening.jpg' }) })
      .click({ position: { x: 8, y: 8 } });
    await page.getByText('2 selected').waitFor();
    await forward.click();
    await page.getByRole('dialog').getByText('Only text is forwarded').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'End selection' }).click();
    await bubble.click({ button: 'right', position: { x: 6, y: 6 } });
    await page.getByRole('menuitem', { name: 'Reply' }).click();
    await page.getByText('📷 Photo').waitFor();
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
      page = await fixture.open('group', { language });
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

describe('the menu of a message', () => {
  // Room for it below, above, neither, and in no way; at the end of the line, where one’s own messages stand.
  for (const [height, y] of [
    [800, 150],
    [800, 640],
    [600, 300],
    [320, 160],
  ] as const)
    it(`is inside a window ${height} pixels high, opened at ${y}, and its last action can be reached`, async () => {
      page = await fixture.open('group');
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

describe('the keyboard', () => {
  const sheet = () => page.getByRole('dialog', { name: 'Keyboard shortcuts' });

  it('shows what it can do behind `?`, which in a text is a question mark', async () => {
    page = await fixture.open('direct');
    await field().press('?');
    expect(await field().inputValue()).toBe('?');
    await row('far too many bags').focus();
    await page.keyboard.press('?');
    await sheet().getByText('Edit the last message').waitFor();
    expect(await sheet().locator('kbd').allTextContents()).toEqual(expect.arrayContaining(['Ctrl', 'K', '↑']));
    await page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
    await sheet().waitFor();
  });

  it('finds the emoji used last above all others', async () => {
    page = await fixture.open('direct');
    const recent = page.getByRole('group', { name: 'Recently used' });
    for (const words of ['sailboat', 'anchor']) {
      await page.getByRole('button', { name: 'Emoji', exact: true }).click();
      await page.getByRole('searchbox', { name: 'Search emoji' }).fill(words);
      await page.getByRole('gridcell', { name: words, exact: true }).click();
      // A press while it goes is one beside it.
      await page.getByRole('searchbox', { name: 'Search emoji' }).waitFor({ state: 'detached' });
    }
    await page.getByRole('button', { name: 'Emoji', exact: true }).click();
    await recent.getByRole('button', { name: '⚓' }).waitFor();
    expect(await recent.getByRole('button').allTextContents()).toEqual(['⚓', '⛵']);
    await recent.getByRole('button').first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await recent.waitFor({ state: 'detached' });
    expect(await field().inputValue()).toBe('⛵⚓⛵');
  });
});

describe('a launch', () => {
  /** As the browser tells a window that is open already. */
  const launch = (path: string) => page.evaluate(`launchTo(location.origin + '${path}')`);

  it('by a shortcut does what it says in the window that is open, and one without a place changes nothing', async () => {
    page = await fixture.open('direct');
    await page.context().addInitScript(() => {
      const launchQueue = {
        setConsumer: (consumer: (launched: { targetURL: string }) => void) =>
          Object.assign(window, { launchTo: (targetURL: string) => consumer({ targetURL }) }),
      };
      Object.defineProperty(window, 'launchQueue', { value: launchQueue });
    });
    await fixture.show(page, 'direct');
    await field().fill('half a thou');
    await launch('/');
    expect(await field().inputValue()).toBe('half a thou');
    await launch('/search');
    await expect.poll(() => page.evaluate('document.activeElement.type')).toBe('search');
    await launch('/new');
    await page.getByRole('dialog', { name: 'New chat' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/');
  });
});

describe('the button for files on a phone', () => {
  it.each([
    ['Take a photo', 'image/*', ''],
    ['Photos and files', '', null],
  ])('offers “%s”', async (label, accept, capture) => {
    page = await fixture.open('direct', { size: 'phone', touch: true });
    await page.getByRole('button', { name: 'Attach files' }).tap();
    const asked = page.waitForEvent('filechooser');
    await page.getByRole('menuitem', { name: label }).tap();
    const chooser = await asked;
    const input = chooser.element();
    expect([(await input.getAttribute('accept')) ?? '', await input.getAttribute('capture')]).toEqual([
      accept,
      capture,
    ]);
    await chooser.setFiles({ name: 'sea.txt', mimeType: 'text/plain', buffer: Buffer.from('sea') });
    await page.getByRole('list', { name: 'Files to send' }).getByText('sea.txt').waitFor();
  });
});

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
  const openLast = async (options?: Parameters<FixturePage['open']>[1]) => {
    await openAt('long', '6000. ', options);
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

describe('a tab of the version before', () => {
  it('[P3] says so, and offers to load the new one', async () => {
    page = await fixture.open('outdated');
    await page.getByText('A newer version of Tidewire is open in another tab.').waitFor();
    await page.getByRole('button', { name: 'Reload' }).waitFor();
  });
});

describe('a dialog that a menu opened', () => {
  it('has the focus for good, and gives it back', async () => {
    page = await fixture.open('home');
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

describe('devices', () => {
  const open = async (scene: string): Promise<void> => {
    page = await fixture.open(scene);
    await openSettings(page, 'Devices');
  };
  const dialog = (): Locator => page.getByRole('region', { name: 'Devices' });

  it('are listed by name, and one is signed out after a question that Escape takes back', async () => {
    await open('home');
    await dialog().getByText('Chrome on Linux').waitFor();
    const button = dialog().getByRole('button', { name: 'Sign out Safari on iPhone' });
    await button.click();
    await dialog().getByText('Sign out Safari on iPhone?').waitFor();
    await page.keyboard.press('Escape');
    await dialog().getByText('Sign out Safari on iPhone?').waitFor({ state: 'hidden' });
    await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
    await button.click();
    await dialog().getByRole('button', { name: 'Sign out', exact: true }).click();
    await dialog().getByText('The device is signed out.').waitFor();
    expect(await dialog().getByText('Safari on iPhone').count()).toBe(0);
  });

  it('all others are signed out together', async () => {
    await open('home');
    await dialog().getByRole('button', { name: 'Sign out all other devices' }).click();
    await dialog().getByText('Sign out 3 other devices?').waitFor();
    await dialog().getByRole('button', { name: 'Sign out', exact: true }).click();
    await dialog().getByText('You are signed in on this device only.').waitFor();
  });

  it('without a network it says so, and they appear when it is back', async () => {
    await open('offline-list');
    await dialog().getByText('when you are online').waitFor();
    await page.evaluate('fixture.connection.set({ is: "connected" })');
    await dialog().getByText('Safari on iPhone').waitFor();
  });
});

describe('what a menu leads to has the focus once the menu has gone', () => {
  const focusAfter = async (action: string, how: 'mouse' | 'keyboard'): Promise<string> => {
    page = await fixture.open('group');
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

describe('the keyboard keeps its place', () => {
  /** Of the button that has the focus; a dialog or the page, which hold every word, may have it when nothing has. */
  const focused = () => page.evaluate<string>("document.activeElement.closest('button')?.textContent ?? ''");

  it('on the button that saved, which does nothing until there is something to save', async () => {
    page = await fixture.open('home');
    const profile = await openSettings(page, 'Profile');
    await profile.getByLabel('Name').fill('Mara');
    const save = profile.getByRole('button', { name: 'Save' });
    await save.focus();
    await page.keyboard.press('Enter');
    await profile.getByText('Saved.').waitFor();
    expect(await focused()).toBe('Save');
    expect(await save.isDisabled()).toBe(true);
    await profile.getByLabel('Name').fill('');
    await profile.getByLabel('Name').press('Enter');
    await save.focus();
    await page.keyboard.press('Enter');
    await profile.getByText('Enter your name.').waitFor();
  });

  it('when a role is given, a link made or a name saved, and what was pressed is gone', async () => {
    page = await fixture.open('group');
    await page.getByRole('heading', { name: 'Harbour festival' }).getByRole('button').click();
    const details = page.getByRole('dialog', { name: 'Group details' });
    await details.getByRole('button', { name: 'Chidi Okafor' }).click();
    await details.getByRole('button', { name: 'Make admin' }).press('Enter');
    await details.getByText('is an admin now').waitFor();
    await expect.poll(focused).toContain('Chidi Okafor');
    await details.getByRole('button', { name: 'New link' }).click();
    await details.getByRole('button', { name: 'Make link' }).press('Enter');
    await details.getByText('The link is ready').waitFor();
    await expect.poll(focused).toContain('New link');
    await details.getByRole('button', { name: 'Edit name and description' }).click();
    await details.getByLabel('Group name').fill('Festival');
    await details.getByRole('button', { name: 'Save' }).press('Enter');
    await details.getByRole('heading', { name: 'Festival' }).waitFor();
    await expect.poll(focused).toContain('Edit name and description');
  });
});

describe('Settings', () => {
  it('stay open where one is while everything is said in another language, and begin anew when they were closed', async () => {
    page = await fixture.open('home');
    await (await openSettings(page, 'Appearance')).getByText('Deutsch').click();
    const dialog = page.getByRole('dialog', { name: 'Einstellungen' });
    await dialog.getByRole('heading', { name: 'Darstellung' }).waitFor();
    expect(await dialog.getByRole('radio', { name: 'Deutsch' }).isChecked()).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Konto' }).click();
    await page.getByRole('menuitem', { name: 'Einstellungen' }).click();
    await dialog.getByRole('heading', { name: 'Profil' }).waitFor();
  });
});

describe('API keys', () => {
  it('a field that somebody has to look at again is shown with its label', async () => {
    page = await fixture.open('home', { size: 'phone' });
    await openSettings(page, 'API keys');
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByRole('button', { name: 'Make key' }).click();
    await page.getByText('Give it a name').waitFor();
    const label = page.getByText('Name', { exact: true });
    const isSeen = await label.evaluate((element) => {
      const { x, y, height } = element.getBoundingClientRect();
      return document.elementFromPoint(x + 4, y + height / 2) === element;
    });
    expect(isSeen).toBe(true);
  });

  it('are shown once and copied, a press outside does not lose one, and they can be revoked', async () => {
    page = await fixture.open('home');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openSettings(page, 'API keys');
    await page.getByText('Expired on').waitFor();
    await page.getByRole('button', { name: 'New API key' }).click();
    await page.getByLabel('Name').fill('Echo');
    await page.getByRole('checkbox', { name: 'Read' }).uncheck();
    await page.getByRole('button', { name: 'Make key' }).click();
    await page.getByText('Choose at least one').waitFor();
    await page.getByRole('checkbox', { name: 'Export' }).check();
    await page.getByRole('button', { name: 'Make key' }).click();
    const shown = await page.getByLabel('API key', { exact: true }).inputValue();
    await page.mouse.click(5, 5);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(shown);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('button', { name: 'Revoke Echo', exact: true }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('Echo', { exact: true }).waitFor({ state: 'detached' });
    await page.getByText('Expired on').waitFor();
    await page.mouse.click(5, 5);
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});

const expectFocusIn = (words: string): Promise<void> =>
  expect.poll(() => page.evaluate<string>('document.activeElement.textContent')).toContain(words);

describe('on a phone', () => {
  it('shows one pane, and Back returns to the list', async () => {
    page = await fixture.open('home', { size: 'phone', touch: true });
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
    await openAt('direct', 'Boarding now', { size: 'phone', touch: true });
    await page.getByText('far too many bags').tap();
    const actions = row('far too many bags').getByRole('button', { name: 'Message actions' });
    expect(await actions.evaluate((button) => button.parentElement?.matches(':hover'))).toBe(true);
    expect(await actions.evaluate((button) => getComputedStyle(button).opacity)).toBe('0');
  });

  it('opens the menu of a message by a long press, and it stays open', async () => {
    await openAt('direct', 'Boarding now', { size: 'phone', touch: true });
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
    page = await fixture.open('direct', { size: 'phone' });
    await page.evaluate("document.documentElement.dataset.textSize = 'largest'");
    await page.getByText('far too many bags').click({ button: 'right' });
    const more = await page.getByRole('menuitem', { name: 'More reactions' }).boundingBox();
    expect((more?.x ?? 0) + (more?.width ?? 0)).toBeLessThan(390);
    const menu = await page.getByRole('menu').evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    expect(menu).toBe(0);
  });

  it('has room for the words of the longest language, in the details of a group and above the keyboard', async () => {
    page = await fixture.open('group', { size: 'phone', language: 'de-DE' });
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
    page = await fixture.open('failed', { size: 'phone', touch: true });
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

describe('signing in', () => {
  it('says at the field what is missing, and shows what the server says', async () => {
    page = await fixture.open('sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter your email address.').waitFor();
    await page.getByLabel('Email').fill('mara@example.org');
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.getByLabel('Password', { exact: true }).press('Enter');
    await page.getByRole('alert').getByText('The email or the password is wrong.').waitFor();
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
