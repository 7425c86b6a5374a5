/** Writing in a real browser, on conversations in memory: the field, the files, the buttons beside them. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { setStage } from './stage.ts';

const { open, openAt, field, rows, row, isAboveComposer } = setStage();
let page: Page;

describe('the composer', () => {
  it('sends with Enter, breaks the line with Shift+Enter and clears only then', async () => {
    page = await open('direct');
    await field().fill('one');
    await field().press('Shift+Enter');
    await page.keyboard.type('two');
    expect(await field().inputValue()).toBe('one\ntwo');
    await field().press('Enter');
    await row('one\ntwo').waitFor();
    expect(await field().inputValue()).toBe('');
  });

  it('[P3] keeps the text and says why when this device cannot store it', async () => {
    page = await open('storage-full');
    await field().fill('must not get lost');
    await field().press('Enter');
    await page.getByText('Your text is still here').waitFor();
    expect(await field().inputValue()).toBe('must not get lost');
  });

  it('[P3] keeps what was typed, and an edit in progress, across a reload', async () => {
    page = await open('direct');
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
    page = await open('direct');
    await field().press('ArrowUp');
    expect(await field().inputValue()).toBe('Boarding now ⛴️');
    await field().fill('Boarding late');
    await field().press('Enter');
    await row('Boarding late').getByText('edited').waitFor();
    expect(await field().inputValue()).toBe('');
  });

  it('counts down near the limit and sends nothing beyond it', async () => {
    page = await open('direct');
    await field().fill('x'.repeat(7_990));
    await page.getByText('10 characters left').waitFor();
    await field().fill('x'.repeat(8_001));
    await page.getByText('Too long by 1 character').waitFor();
    await field().press('Enter');
    expect(await field().inputValue()).toHaveLength(8_001);
    expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  });

  it('grows without covering the newest message', async () => {
    page = await open('direct');
    await field().fill('\n\n\n\n\n');
    await expect.poll(() => isAboveComposer('Boarding now')).toBe(true);
  });
});

describe('files', () => {
  it('that are dropped go to the conversation that is seen, not to those that stand behind it', async () => {
    page = await openAt('many', '1000. ');
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
    page = await open('home');
    expect([await give('dragover'), await give('drop')]).toEqual([true, true]);
    page = await openAt('many', '1000. ');
    await page.locator('[data-bubble]').last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Select' }).click();
    await page.getByText('1 selected').waitFor();
    expect([await give('drop'), await give('paste')]).toEqual([true, true]);
    await page.getByRole('button', { name: 'End selection' }).click();
    const tray = page.getByRole('main').getByRole('list', { name: 'Files to send' });
    await expect.poll(() => tray.getByText('notes.txt').count()).toBe(2);
  });

  it('without words are quoted by their kind, and are neither copied nor sent on', async () => {
    page = await open('files');
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

describe('the button for files on a phone', () => {
  it.each([
    ['Take a photo', 'image/*', ''],
    ['Photos and files', '', null],
  ])('offers “%s”', async (label, accept, capture) => {
    page = await open('direct', { size: 'phone', touch: true });
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
