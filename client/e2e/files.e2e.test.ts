/** A picture from a phone without a network: it arrives once, nobody's rows jump, and deleting it takes its bytes from everywhere. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { storedPlaces } from './stored-bytes.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

/** Stands behind the last pixel, where no decoder looks, and is found wherever the file is. */
const TOKEN = `token${randomBytes(9).toString('hex')}`;
const PHONE = { width: 390, height: 844 };

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
});

afterAll(() => people?.[Symbol.asyncDispose]());

/** A photo of 1200 × 900, as a canvas makes it. */
async function photo(page: Page): Promise<Buffer> {
  const bytes = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1200, 900);
    const context = canvas.getContext('2d');
    for (let x = 0; context && x < 1200; x += 10) {
      context.fillStyle = `hsl(${x / 4} 60% 50%)`;
      context.fillRect(x, 0, 10, 900);
    }
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  });
  return Buffer.concat([Buffer.from(bytes), Buffer.from(TOKEN)]);
}

const pictures = (page: Page) => page.locator('[data-bubble] [data-picture="shown"]');

/** Every height that the row of a picture has had in this page, from its first frame on. */
async function watchHeights(page: Page): Promise<() => Promise<number[]>> {
  await page.evaluate(() => {
    const heights = new Set<number>();
    Object.assign(globalThis, { heights });
    const look = () => {
      const row = document.querySelector('[data-picture]')?.closest('[data-key]');
      if (row) heights.add(Math.round(row.getBoundingClientRect().height));
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => [...(globalThis as unknown as { heights: Set<number> }).heights]);
}

const filesOnDisk = async (): Promise<string[]> => {
  const folder = join(people.server.dataDir, 'files');
  const found: string[] = [];
  for (const name of await readdir(folder)) if ((await readFile(join(folder, name))).includes(TOKEN)) found.push(name);
  return found;
};

const placesWithToken = async (): Promise<string[]> => {
  const places = (await filesOnDisk()).map(() => 'server');
  for (const [name, { page }] of Object.entries({ Ana: ana, Bo: bo }))
    places.push(...(await storedPlaces(page, TOKEN)).map((place) => `${name}: ${place}`));
  return places;
};

test('[P3] [P4] a picture sent offline from a phone arrives once after the page was closed, and is erased with its message', async () => {
  await ana.startConversation([BO.name]);
  await bo.openConversation(ANA.name);
  await ana.isInstalled();
  await ana.restart('closed');
  await ana.composer.waitFor();

  await ana.page.setViewportSize(PHONE);
  await ana.network.cut();
  const picture = { name: 'sea.png', mimeType: 'image/png', buffer: await photo(ana.page) };
  await ana.page.locator('input[type=file]').setInputFiles(picture);
  await ana.page.getByRole('list', { name: 'Files to send' }).getByText('sea.png').waitFor();
  // What was chosen is kept like a draft.
  await ana.restart('closed');
  await ana.page.setViewportSize(PHONE);
  await ana.page.getByRole('list', { name: 'Files to send' }).getByText('sea.png').waitFor();
  await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
  await ana.page.getByText('Waiting to upload').waitFor();
  // What clears the tray is that the picture is on the device.
  await ana.page.getByRole('list', { name: 'Files to send' }).waitFor({ state: 'detached' });
  await ana.restart('closed');
  await ana.page.setViewportSize(PHONE);
  await pictures(ana.page).waitFor();
  await ana.page.getByText('Waiting to upload').waitFor();

  const heights = await watchHeights(bo.page);
  await ana.network.mend();
  await pictures(bo.page).waitFor();
  await ana.page.locator('[data-bubble]:has([data-picture]) [data-delivery="read"]').waitFor();
  expect(await pictures(bo.page).count()).toBe(1);
  expect(await pictures(ana.page).count()).toBe(1);
  // As high with the picture as without.
  expect(await heights()).toHaveLength(1);
  const { rows } = await people.server.pool.query<{ files: { name: string; width: number; preview: string }[] }>(
    'select files from messages',
  );
  expect(rows).toEqual([
    {
      files: [
        expect.objectContaining({ name: 'sea.png', width: 1200, preview: expect.stringContaining('data:image/') }),
      ],
    },
  ]);
  await expect.poll(placesWithToken, { timeout: 20_000 }).toEqual(['server', 'Ana: cache', 'Bo: cache']);

  // Words may come and go, the picture stays.
  for (const words of ['by the sea', '']) {
    await ana.page.locator('[data-bubble]:has([data-picture])').click({ button: 'right', position: { x: 8, y: 8 } });
    await ana.page.getByRole('menuitem', { name: 'Edit' }).click();
    await ana.composer.fill(words);
    await ana.page.getByRole('button', { name: 'Save' }).click();
    await bo.row('by the sea').waitFor({ state: words ? 'visible' : 'detached' });
  }

  // It is there without a network, and on the whole screen.
  await bo.isInstalled();
  await bo.network.cut();
  await bo.page.reload();
  await pictures(bo.page).waitFor();
  await bo.page.getByRole('button', { name: 'Open sea.png' }).click();
  await bo.page.getByRole('dialog').getByRole('img', { name: 'sea.png' }).waitFor();
  await bo.page.keyboard.press('Escape');
  await bo.page.getByRole('dialog').waitFor({ state: 'detached' });

  await ana.page.locator('[data-bubble]:has([data-picture])').click({ button: 'right', position: { x: 8, y: 8 } });
  await ana.page.getByRole('menuitem', { name: 'Delete for everyone' }).click();
  await ana.hide();
  await bo.network.mend();
  await bo.page.getByText('This message was deleted').waitFor();
  await expect.poll(placesWithToken, { timeout: 30_000 }).toEqual([]);
}, 120_000);

/** As the system hands over what another app shares: a form, as the manifest wants it. */
const share = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const manifest = await (await fetch('/manifest.webmanifest')).json();
    const { action, method, enctype, params } = manifest.share_target;
    const form = Object.assign(document.createElement('form'), { action, method, enctype });
    for (const [name, value] of [
      [params.text, 'a ferry, look'],
      [params.url, 'https://example.org/ferry'],
    ])
      form.append(Object.assign(document.createElement('input'), { name, value }));
    const chosen = new DataTransfer();
    chosen.items.add(new File(['at nine'], 'timetable.txt', { type: 'text/plain' }));
    const files = Object.assign(document.createElement('input'), { type: 'file', name: params.files[0].name });
    files.files = chosen.files;
    form.append(files);
    document.body.append(form);
    form.submit();
  });

test('[P3] what another app shares without a network and without an account is there after one signs in, for the chat that one chooses', async () => {
  await ana.page.setViewportSize({ width: 1280, height: 800 });
  await ana.page.getByRole('button', { name: 'Account' }).click();
  await ana.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await ana.network.cut();
  await share(ana.page);
  await ana.page.waitForURL(/\/share\/[0-9a-f-]{36}$/);
  await ana.page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await ana.network.mend();
  await ana.page.reload();
  await ana.pressSignIn(ANA);
  const dialog = ana.page.getByRole('dialog', { name: 'Share with…' });
  await dialog.getByText('timetable.txt').waitFor();
  await dialog.getByRole('button', { name: BO.name }).click();
  await ana.page.getByRole('list', { name: 'Files to send' }).getByText('timetable.txt').waitFor();
  expect(await ana.composer.inputValue()).toBe('a ferry, look\nhttps://example.org/ferry');
  await ana.page.getByRole('button', { name: 'Send', exact: true }).click();
  await bo.row('a ferry, look').getByText('timetable.txt').waitFor();
  expect(await storedPlaces(ana.page, 'at nine')).not.toContainEqual(expect.stringContaining('shared'));
}, 60_000);
