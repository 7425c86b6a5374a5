/** axe on every scene of the interface and on its dialogs and menus, in both themes and on a phone: nothing serious. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { scenes } from '../ui/testing/scenes.ts';
import { type FixturePage, serveFixture } from './fixture-page.ts';

let fixture: FixturePage;
let axe: string;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  fixture = await serveFixture({ executablePath: inject('chromium') });
});

afterAll(() => fixture?.[Symbol.asyncDispose]());

async function openDevices(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Devices' }).click();
  await page.getByRole('heading', { name: 'Devices', exact: true }).waitFor();
}

/** What a person does to bring up what a scene alone does not show. */
const ACTS: Record<string, readonly [scene: string, act: (page: Page) => Promise<unknown>]> = {
  'message menu': ['group', (page) => page.getByText('Three o’clock it is').click({ button: 'right' })],
  'deletion dialog': [
    'direct',
    async (page) => {
      await page.getByText('far too many bags').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Delete' }).click();
    },
  ],
  'message info': [
    'group',
    async (page) => {
      await page.getByText('Three o’clock it is').click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Info' }).click();
    },
  ],
  'search results': ['home', (page) => page.getByRole('searchbox').fill('the')],
  'failed search': ['home', (page) => page.getByRole('searchbox').fill('failing')],
  'delete account': [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Delete account…' }).click();
      await page.getByRole('button', { name: 'Delete account' }).click();
    },
  ],
  'leave group': [
    'group',
    async (page) => {
      await page.getByRole('button', { name: 'Conversation menu' }).click();
      await page.getByRole('menuitem', { name: 'Leave group…' }).click();
    },
  ],
  'account menu': ['home', (page) => page.getByRole('button', { name: 'Account' }).click()],
  'conversation menu': ['group', (page) => page.getByRole('button', { name: 'Conversation menu' }).click()],
  'search in one conversation': [
    'group',
    async (page) => {
      await page.getByRole('button', { name: 'Conversation menu' }).click();
      await page.getByRole('menuitem', { name: 'Search in this conversation' }).click();
      await page.getByRole('searchbox').fill('the');
    },
  ],
  settings: [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Settings' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  'menu of a line among archived ones': [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'archived chat' }).click();
      await page.getByRole('listitem').nth(1).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Archive' }).waitFor();
    },
  ],
  devices: ['home', openDevices],
  'question about a device': [
    'home',
    async (page) => {
      await openDevices(page);
      await page.getByRole('button', { name: 'Sign out Safari on iPhone' }).click();
    },
  ],
  'devices offline': ['offline-list', openDevices],
  'removal of data': ['session-over-unsent', (page) => page.getByRole('button', { name: 'Remove them' }).click()],
  'sign-out dialog': [
    'offline-list',
    async (page) => {
      await page.getByRole('button', { name: 'Account' }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
    },
  ],
  'new conversation': [
    'home',
    async (page) => {
      await page.getByRole('button', { name: 'New conversation' }).click();
      await page.getByRole('combobox').fill('a');
      await page.getByRole('option').nth(2).click();
      await page.getByRole('combobox').fill('e');
      await page.getByRole('option').first().waitFor();
    },
  ],
  'sign-up with errors': [
    'sign-in',
    async (page) => {
      await page.getByRole('button', { name: 'Create an account' }).click();
      await page.getByRole('button', { name: 'Create account' }).click();
    },
  ],
  'too long a text': ['direct', (page) => page.getByLabel('Message', { exact: true }).fill('long '.repeat(1_700))],
};

const OPTIONS: RunOptions = { resultTypes: ['violations'] };

async function findSerious(page: Page): Promise<string[]> {
  // Into the page's own world through the debugger, where the content security policy does not forbid it.
  await page.evaluate(axe);
  // Colours that are still fading would be measured as they fade; spinners never end.
  await page.evaluate(`Promise.all(
    document.getAnimations()
      .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
      .map((one) => one.finished.catch(() => {})),
  )`);
  const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(OPTIONS)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}

const cases = [
  ...Object.keys(scenes).map((scene) => ({
    name: `scene ${scene}`,
    scene,
    act: async (_: Page): Promise<unknown> => undefined,
  })),
  ...Object.entries(ACTS).map(([name, [scene, act]]) => ({ name, scene, act })),
];

describe('axe finds nothing serious', () => {
  it.each(cases)('on the $name, light and dark', async ({ scene, act }) => {
    const page = await fixture.open(scene);
    await act(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await findSerious(page), colorScheme).toEqual([]);
    }
    await page.context().close();
  });

  it.each(['home', 'group', 'failed', 'sign-in'])('on the scene %s of a phone', async (scene) => {
    const page = await fixture.open(scene, { size: 'phone', touch: true });
    expect(await findSerious(page)).toEqual([]);
    await page.context().close();
  });
});
