/** What a person does in a scene to bring up what the scene alone does not show: dialogs, menus, results, errors. Photographed and checked alike. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openSettings } from '../settings.ts';

async function openEmoji(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Emoji' }).click();
  await page.getByRole('gridcell').first().waitFor();
}

async function openDetails(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'Harbour festival' }).getByRole('button').click();
  await page.getByRole('dialog', { name: 'Group details' }).getByText('7 members').waitFor();
}

async function openExport(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Chat menu' }).click();
  await page.getByRole('menuitem', { name: 'Export…' }).click();
  await page.getByRole('radio', { name: 'Web page' }).waitFor();
}

async function exportAccount(page: Page): Promise<void> {
  const data = await openSettings(page, 'Your data');
  await data.getByRole('button', { name: 'Export my data…' }).click();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByRole('progressbar').waitFor();
}

const openDevices = (page: Page) => openSettings(page, 'Devices');
const openNotices = (page: Page) => openSettings(page, 'Notifications');
const openKeys = (page: Page) => openSettings(page, 'API keys');

async function beginKey(page: Page): Promise<void> {
  await openKeys(page);
  await page.getByRole('button', { name: 'New API key' }).click();
  await page.getByLabel('Name').waitFor();
}

async function makeKey(page: Page, name: string): Promise<void> {
  await beginKey(page);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Make key' }).click();
}

/** By what they bring up: the scene, and what somebody does in it. */
export const STEPS: Record<string, readonly [scene: string, act: (page: Page) => Promise<unknown>]> = {
  'sign-up-errors': [
    'sign-in',
    async (page) => {
      await page.getByRole('button', { name: 'Create an account' }).click();
      await page.getByLabel('Email').fill('mara@');
      await page.getByRole('button', { name: 'Create account' }).click();
    },
  ],
  'new-password-void': [
    'new-password',
    async (page) => {
      await page.getByLabel('New password', { exact: true }).fill('correct horse battery');
      await page.getByRole('button', { name: 'Set password' }).click();
      await page.getByRole('alert').waitFor();
    },
  ],
  'sign-in-wrong': [
    'sign-in',
    async (page) => {
      await page.getByLabel('Email').fill('mara@example.org');
      await page.getByLabel('Password', { exact: true }).fill('wrong password');
      await page.getByRole('button', { name: 'Sign in' }).click();
    },
  ],
  'message-menu': [
    'group',
    async (page) => {
      const row = page.getByRole('listitem').filter({ hasText: 'Three o’clock it is' });
      await row.hover();
      await row.getByRole('button', { name: 'Message actions' }).click({ force: true });
    },
  ],
  'delete-dialog': [
    'direct',
    async (page) => {
      await page.getByText('far too many bags').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Select' }).click();
      await page.getByRole('button', { name: 'Delete', exact: true }).click();
    },
  ],
  undo: [
    'direct',
    async (page) => {
      await page.evaluate('fixture.deletions.hold()');
      await page.getByText('far too many bags').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Delete for everyone' }).click();
      await page.getByRole('button', { name: 'Undo' }).waitFor();
    },
  ],
  'message-info': [
    'group',
    async (page) => {
      await page.getByText('Three o’clock it is').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Info' }).click();
    },
  ],
  editing: [
    'direct',
    async (page) => {
      await page.getByText('far too many bags').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Edit' }).click();
    },
  ],
  'long-draft': ['direct', (page) => page.getByLabel('Message', { exact: true }).fill('A long thought. '.repeat(480))],
  'too-long': ['direct', (page) => page.getByLabel('Message', { exact: true }).fill('A long thought. '.repeat(520))],
  'not-kept': [
    'storage-full',
    async (page) => {
      await page.getByLabel('Message', { exact: true }).fill('This must not get lost');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
    },
  ],
  emoji: ['direct', openEmoji],
  'emoji-search': [
    'direct',
    async (page) => {
      await openEmoji(page);
      await page.getByRole('searchbox', { name: 'Search emoji' }).fill('boat');
      await page.getByRole('gridcell', { name: 'sailboat' }).waitFor();
    },
  ],
  'mention-suggestions': [
    'group',
    async (page) => {
      await page.getByLabel('Message', { exact: true }).pressSequentially('Ask @');
      await page.getByRole('option').first().waitFor();
    },
  ],
  forward: [
    'group',
    async (page) => {
      await page.getByText('Three o’clock it is').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Forward' }).click();
      await page.getByRole('checkbox', { name: 'Ana Ferreira' }).check();
    },
  ],
  selecting: [
    'group',
    async (page) => {
      await page.getByText('Three o’clock it is').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Select' }).click();
      await page.getByRole('listitem').filter({ hasText: 'I can do the desk' }).click();
      await page.getByText('2 selected').waitFor();
    },
  ],
  'pin-list': [
    'pinned',
    async (page) => {
      await page.getByRole('button', { name: '3 pinned messages' }).click();
      await page.getByRole('dialog', { name: 'Pinned messages' }).waitFor();
    },
  ],
  stars: [
    'starred',
    async (page) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Starred messages' }).click();
      await page.getByRole('dialog', { name: 'Starred messages' }).getByRole('listitem').nth(2).waitFor();
    },
  ],
  'emoji-suggestions': [
    'direct',
    async (page) => {
      await page.getByLabel('Message', { exact: true }).pressSequentially('See you :wa');
      await page.getByRole('option').first().waitFor();
    },
  ],
  'new-conversation': [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'New chat' }).click();
      await page.getByRole('combobox').fill('ch');
      await page.getByRole('option').first().click();
      await page.getByRole('combobox').fill('a');
      await page.getByRole('option', { name: 'Bo Nakamura' }).waitFor();
    },
  ],
  'new-group': [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'New chat' }).click();
      for (const name of ['Ana', 'Bo', 'Greta']) {
        await page.getByRole('combobox').fill(name);
        await page.getByRole('option', { name }).click();
      }
      await page.getByRole('button', { name: 'Create group' }).click();
    },
  ],
  settings: [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Settings…' }).click();
      await page.getByRole('navigation', { name: 'Settings' }).waitFor();
    },
  ],
  'settings-profile': ['home', (page) => openSettings(page, 'Profile')],
  'settings-profile-offline': ['offline-list', (page) => openSettings(page, 'Profile')],
  'profile-crop': [
    'home',
    async (page) => {
      await openSettings(page, 'Profile');
      await page.getByLabel('Add picture').setInputFiles(join(import.meta.dirname, '../../public/icons/icon-192.png'));
      await page.getByRole('button', { name: 'Use picture' }).waitFor();
    },
  ],
  'settings-appearance': [
    'home',
    async (page) => {
      await openSettings(page, 'Appearance');
      await page.getByRole('radio', { name: 'Largest' }).check({ force: true });
    },
  ],
  'settings-storage': ['home', (page) => openSettings(page, 'Storage')],
  'settings-notices-on': [
    'home',
    async (page) => {
      await page.evaluate("fixture.push.view.set({ is: 'on', isOffered: false })");
      await openNotices(page);
      await page.getByRole('checkbox', { name: 'Quiet hours' }).click();
      await page.getByLabel('From').waitFor();
    },
  ],
  'settings-notices-blocked': [
    'home',
    async (page) => {
      await page.evaluate("fixture.push.view.set({ is: 'blocked', isOffered: false })");
      await openNotices(page);
    },
  ],
  'settings-notices-failed': [
    'home',
    async (page) => {
      await page.evaluate("fixture.push.answer = 'failed'");
      await openNotices(page);
      await page.getByRole('checkbox', { name: 'Notifications on this device' }).click();
      await page.getByText('That did not work').waitFor();
    },
  ],
  'list-filtered': ['home', (page) => page.getByRole('button', { name: 'Unread', exact: true }).click()],
  'line-menu': [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'archived chat' }).click();
      await page.getByRole('listitem').nth(1).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Archive' }).waitFor();
    },
  ],
  devices: ['home', openDevices],
  'devices-sign-out': [
    'home',
    async (page) => {
      await openDevices(page);
      await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click();
    },
  ],
  'devices-sign-out-all': [
    'home',
    async (page) => {
      await openDevices(page);
      await page.getByRole('button', { name: 'Sign out all other devices' }).click();
    },
  ],
  'devices-none': ['devices-alone', openDevices],
  'devices-asked': ['devices-loading', openDevices],
  'devices-offline': ['offline-list', openDevices],
  keys: ['home', openKeys],
  'keys-revoke': [
    'home',
    async (page) => {
      await openKeys(page);
      await page.getByRole('button', { name: 'Revoke Echo bot' }).click();
    },
  ],
  'keys-empty': ['keys-none', openKeys],
  'keys-offline': ['offline-list', openKeys],
  'keys-new-wrong': [
    'home',
    async (page) => {
      await beginKey(page);
      await page.getByRole('checkbox', { name: 'Read' }).uncheck();
      await page.getByRole('button', { name: 'Make key' }).click();
      await page.getByText('Give it a name').waitFor();
    },
  ],
  'keys-made': [
    'home',
    async (page) => {
      await makeKey(page, 'Echo bot');
      await page.getByRole('heading', { name: 'Your new API key' }).waitFor();
    },
  ],
  'keys-refused': [
    'home',
    async (page) => {
      await makeKey(page, 'One too many');
      await page.getByText('at most 100').waitFor();
    },
  ],
  'remove-data': ['session-over-unsent', (page) => page.getByRole('button', { name: 'Remove them' }).click()],
  'account-menu': ['home', (page) => page.getByRole('button', { name: 'Account' }).click()],
  'sign-out': [
    'offline-list',
    async (page) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
    },
  ],
  'delete-account': [
    'home',
    async (page) => {
      const data = await openSettings(page, 'Your data');
      await data.getByRole('button', { name: 'Delete account…' }).click();
      await page.getByRole('button', { name: 'Delete account', exact: true }).click();
    },
  ],
  'leave-group': [
    'group',
    async (page) => {
      await page.getByRole('button', { name: 'Chat menu' }).click();
      await page.getByRole('menuitem', { name: 'Leave group…' }).click();
      await page.getByRole('radio', { name: 'Also delete' }).check();
    },
  ],
  'sign-in-again': ['session-over', (page) => page.getByRole('button', { name: 'Sign in again' }).click()],
  'scrolled-up': [
    'many',
    async (page) => {
      await page.getByRole('list', { name: /Messages with/ }).hover();
      await page.mouse.wheel(0, -1_800);
      await page.evaluate('fixture.open("bo").receive("u-bo", "One more thing")');
      await page.evaluate('fixture.open("bo").receive("u-bo", "And another")');
    },
  ],
  'far-back': [
    'long',
    async (page) => {
      await page.getByRole('list', { name: /Messages with/ }).hover();
      for (let times = 0; times < 6; times++) {
        await page.mouse.wheel(0, -30_000);
        await page.waitForTimeout(250);
      }
    },
  ],
  'jumped-to': [
    'long',
    (page) =>
      page.evaluate(
        "history.pushState(null, '', '/c/elif/' + fixture.open('elif').idAt(1234)); dispatchEvent(new PopStateEvent('popstate'))",
      ),
  ],
  gallery: [
    'files',
    async (page) => {
      await page.getByRole('button', { name: 'Open evening.jpg' }).click();
      await page.getByRole('dialog').getByText('1 of 2', { exact: true }).waitFor();
    },
  ],
  shortcuts: [
    'home',
    async (page) => {
      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    },
  ],
  share: [
    'home',
    async (page) => {
      await page.evaluate(
        async (path) => {
          const form = new FormData();
          form.set('title', 'The ferries in autumn');
          form.set('url', 'https://example.org/ferries');
          for (const name of ['timetable.pdf', 'harbour.jpg']) form.append('files', new File(['x'], name));
          await (await caches.open('tidewire/shared')).put(path, new Response(form));
          history.pushState(null, '', path);
          dispatchEvent(new PopStateEvent('popstate'));
        },
        `/share/${'0'.repeat(36)}`,
      );
      await page.getByRole('dialog', { name: 'Share with…' }).waitFor();
    },
  ],
  recording: [
    'direct',
    async (page) => {
      await page.getByRole('button', { name: 'Record a voice message' }).click();
      await page
        .getByRole('timer')
        .getByText(/0:0[2-9]/)
        .waitFor();
    },
  ],
  'conversation-menu': ['group', (page) => page.getByRole('button', { name: 'Chat menu' }).click()],
  'go-to-date': [
    'group',
    async (page) => {
      await page.getByRole('button', { name: 'Chat menu' }).click();
      await page.getByRole('menuitem', { name: 'Go to a date…' }).click();
      await page.getByLabel('Date', { exact: true }).fill('2026-03-01');
    },
  ],
  export: ['group', openExport],
  'export-saved': [
    'group',
    async (page) => {
      await openExport(page);
      await page.getByRole('radio', { name: 'Lines of JSON' }).check();
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByText('Saved as').waitFor();
    },
  ],
  'export-offline': [
    'offline',
    async (page) => {
      await openExport(page);
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await page.getByText('what is on this device').waitFor();
    },
  ],
  'export-account': ['home', exportAccount],
  'export-account-failed': [
    'home',
    async (page) => {
      await exportAccount(page);
      await page.evaluate("fixture.exports.archive.set({ is: 'failed', failure: { is: 'network' } })");
      await page.getByRole('button', { name: 'Try again' }).waitFor();
    },
  ],
  search: ['home', (page) => page.getByRole('searchbox').fill('the')],
  'search-within': [
    'group',
    async (page) => {
      await page.getByRole('button', { name: 'Chat menu' }).click();
      await page.getByRole('menuitem', { name: 'Search in this chat' }).click();
      await page.getByRole('searchbox').fill('the');
    },
  ],
  'search-offline': ['offline-list', (page) => page.getByRole('searchbox').fill('an')],
  'search-nothing': ['home', (page) => page.getByRole('searchbox').fill('zebra')],
  'search-failed': ['home', (page) => page.getByRole('searchbox').fill('failing')],
  details: ['group', openDetails],
  'details-member': [
    'group',
    async (page) => {
      await openDetails(page);
      await page.getByRole('button', { name: 'Bo Nakamura' }).click();
      await page.getByRole('button', { name: 'Remove Bo Nakamura from the group' }).click();
    },
  ],
  'details-edit': [
    'group',
    async (page) => {
      await openDetails(page);
      await page.getByRole('button', { name: 'Edit name and description' }).click();
    },
  ],
  'details-add': [
    'group',
    async (page) => {
      await openDetails(page);
      await page.getByRole('button', { name: 'Add people' }).click();
      await page.getByRole('combobox').fill('u');
      await page.getByRole('option', { name: 'Hugo' }).click();
      await page.getByRole('combobox').fill('o');
      await page.getByRole('option').first().waitFor();
    },
  ],
  'details-links': [
    'group',
    async (page) => {
      await openDetails(page);
      await page.getByRole('button', { name: 'New link' }).click();
      await page.getByRole('button', { name: 'Make link' }).scrollIntoViewIfNeeded();
    },
  ],
  'details-offline': [
    'group',
    async (page) => {
      await page.evaluate("fixture.connection.set({ is: 'offline', since: 0, waiting: 0 })");
      await openDetails(page);
    },
  ],
  'details-person': [
    'online',
    async (page) => {
      await page.getByRole('heading', { name: 'Ana Ferreira' }).getByRole('button').click();
      await page.getByRole('dialog', { name: 'Contact details' }).waitFor();
    },
  ],
  removed: [
    'group',
    async (page) => {
      await page.evaluate(`{
        const { state, items } = fixture.conversations.get();
        fixture.conversations.set({ state, items: items.filter(({ id }) => id !== 'festival') });
      }`);
      await page.getByText('You are no longer in this chat').waitFor();
    },
  ],
};
