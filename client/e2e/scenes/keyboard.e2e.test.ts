/** Keys and launches, on conversations in memory. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openSettings } from '../settings.ts';
import { setStage } from './stage.ts';

const { open, show, field, row } = setStage();
let page: Page;

describe('the keyboard', () => {
  const sheet = () => page.getByRole('dialog', { name: 'Keyboard shortcuts' });

  it('shows what it can do behind `?`, which in a text is a question mark', async () => {
    page = await open('direct');
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

  it('shows it behind `?` no more on a device where that was turned off', async () => {
    page = await open('direct');
    const press = async () => {
      await row('far too many bags').focus();
      await page.keyboard.press('?');
    };
    const turn = async () => {
      await sheet().getByRole('checkbox', { name: 'Show this list with “?”' }).click();
      await page.keyboard.press('Escape');
      await sheet().waitFor({ state: 'detached' });
    };
    await press();
    await turn();
    await show(page, 'direct');
    await press();
    // Shown in the same turn, if at all.
    await page.getByRole('button', { name: 'Account' }).click();
    await page.getByRole('menuitem', { name: 'Keyboard shortcuts' }).click();
    await turn();
    await press();
    await sheet().waitFor();
  });

  it('finds the emoji used last above all others', async () => {
    page = await open('direct');
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

describe('the keyboard keeps its place', () => {
  /** Of the button that has the focus; a dialog or the page, which hold every word, may have it when nothing has. */
  const focused = () => page.evaluate<string>("document.activeElement.closest('button')?.textContent ?? ''");

  it('on the button that saved, which does nothing until there is something to save', async () => {
    page = await open('home');
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
    page = await open('group');
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

describe('a list of messages', () => {
  it('keeps the focus when one is taken out of it by key', async () => {
    page = await open('pinned');
    await page.getByRole('button', { name: '3 pinned messages' }).click();
    const list = page.getByRole('dialog', { name: 'Pinned messages' });
    const unpin = list.getByRole('button', { name: 'Unpin' });
    const focused = () =>
      page.evaluate<number>(
        `[...document.querySelectorAll('[role=dialog] li > button:last-child')].indexOf(document.activeElement)`,
      );
    await unpin.nth(1).press('Enter');
    await expect.poll(() => unpin.count()).toBe(2);
    expect(await focused()).toBe(1);
    await unpin.nth(1).press('Enter');
    await expect.poll(() => unpin.count()).toBe(1);
    expect(await focused()).toBe(0);
  });
});

describe('a launch', () => {
  /** As the browser tells a window that is open already. */
  const launch = (path: string) => page.evaluate(`launchTo(location.origin + '${path}')`);

  it('by a shortcut does what it says in the window that is open, and one without a place changes nothing', async () => {
    page = await open('direct');
    await page.addInitScript(() => {
      const launchQueue = {
        setConsumer: (consumer: (launched: { targetURL: string }) => void) =>
          Object.assign(window, { launchTo: (targetURL: string) => consumer({ targetURL }) }),
      };
      Object.defineProperty(window, 'launchQueue', { value: launchQueue });
    });
    await show(page, 'direct');
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
