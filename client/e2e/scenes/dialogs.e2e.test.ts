/** Exports, settings, devices, keys and signing in, on an account in memory. */
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { openSettings } from '../settings.ts';
import { setStage } from './stage.ts';

const { open } = setStage();
let page: Page;

describe('an export', () => {
  it('[X6] saves a file under its name and keeps the focus in the dialog', async () => {
    page = await open('group');
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
    page = await open('home');
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

describe('Settings', () => {
  it('stay open where one is while everything is said in another language, and begin anew when they were closed', async () => {
    page = await open('home');
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

describe('devices', () => {
  const openDevices = async (scene: string): Promise<void> => {
    page = await open(scene);
    await openSettings(page, 'Devices');
  };
  const dialog = (): Locator => page.getByRole('region', { name: 'Devices' });

  it('are listed by name, and one is signed out after a question that Escape takes back', async () => {
    await openDevices('home');
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
    await openDevices('home');
    await dialog().getByRole('button', { name: 'Sign out all other devices' }).click();
    await dialog().getByText('Sign out 3 other devices?').waitFor();
    await dialog().getByRole('button', { name: 'Sign out', exact: true }).click();
    await dialog().getByText('You are signed in on this device only.').waitFor();
  });

  it('without a network it says so, and they appear when it is back', async () => {
    await openDevices('offline-list');
    await dialog().getByText('when you are online').waitFor();
    await page.evaluate('fixture.connection.set({ is: "connected" })');
    await dialog().getByText('Safari on iPhone').waitFor();
  });
});

describe('API keys', () => {
  it('a field that somebody has to look at again is shown with its label', async () => {
    page = await open('home', { size: 'phone' });
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
    page = await open('home');
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

describe('signing in', () => {
  it('says at the field what is missing, and shows what the server says', async () => {
    page = await open('sign-in');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Enter your email address.').waitFor();
    await page.getByLabel('Email').fill('mara@example.org');
    await page.getByLabel('Password', { exact: true }).fill('wrong password');
    await page.getByLabel('Password', { exact: true }).press('Enter');
    await page.getByRole('alert').getByText('The email or the password is wrong.').waitFor();
  });
});

describe('a tab of the version before', () => {
  it('[P3] says so, and offers to load the new one', async () => {
    page = await open('outdated');
    await page.getByText('A newer version of Tidewire is open in another tab.').waitFor();
    await page.getByRole('button', { name: 'Reload' }).waitFor();
  });
});
