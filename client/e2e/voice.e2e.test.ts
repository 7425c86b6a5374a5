/** A voice message recorded without a network: it survives a killed browser, arrives once, and the other person plays it. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let bo: Device;

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
});

afterAll(() => people?.[Symbol.asyncDispose]());

const button = (page: Page, name: string | RegExp) => page.getByRole('main').getByRole('button', { name });
const voice = (page: Page) => page.getByRole('main').locator('[data-bubble] [data-voice]');
const position = (page: Page) => page.getByRole('slider', { name: 'Position in the voice message' });

/** How many files this browser keeps for when there is no network. */
const keptFiles = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.endsWith('/files'));
    return name === undefined ? 0 : (await (await caches.open(name)).keys()).length;
  });

async function record(page: Page, seconds: number): Promise<void> {
  await button(page, 'Record a voice message').click();
  await page
    .getByRole('group', { name: 'Recording a voice message' })
    .getByText(new RegExp(`0:0[${seconds}-9]`))
    .waitFor();
}

test('[P3] a voice message recorded offline survives a killed browser, arrives once and is played by the other', async () => {
  await ana.startConversation([BO.name]);
  await bo.openConversation(ANA.name);
  await ana.isInstalled();
  await ana.restart('closed');
  await ana.composer.waitFor();
  await ana.network.cut();

  // One that is thrown away, and one that is sent.
  await record(ana.page, 1);
  await button(ana.page, 'Delete the recording').click();
  await button(ana.page, 'Record a voice message').waitFor();
  expect(await ana.page.getByText('Waiting to upload').count()).toBe(0);
  await record(ana.page, 2);
  await button(ana.page, 'Send voice message').click();
  await ana.page.getByText('Waiting to upload').waitFor();
  await ana.restart('killed');
  await ana.page.getByText('Waiting to upload').waitFor();

  await ana.network.mend();
  await voice(bo.page).waitFor();
  await ana.page.locator('[data-bubble]:has([data-voice]) [data-delivery="read"]').waitFor();
  expect(await voice(bo.page).count()).toBe(1);
  const { rows } = await people.server.pool.query<{ files: Record<string, unknown>[] }>('select files from messages');
  expect(rows).toEqual([
    {
      files: [
        expect.objectContaining({
          type: 'audio/webm',
          duration: expect.any(Number),
          peaks: expect.stringMatching(/^[0-9a-v]{48}$/),
        }),
      ],
    },
  ]);
  const { duration, peaks } = (rows[0]?.files[0] ?? {}) as { duration: number; peaks: string };
  expect(duration).toBeGreaterThan(1_500);
  // The beeps are loud, and what is between them is not.
  expect(new Set(peaks).size).toBeGreaterThan(3);
  await bo.page
    .getByRole('link', { name: ANA.name })
    .getByText(/Voice message, 0:0[2-9]/)
    .waitFor();

  // It is on the device once it was seen, and anywhere in it can be gone to.
  await expect.poll(() => keptFiles(bo.page)).toBe(1);
  await bo.network.cut();
  await position(bo.page).press('End');
  await expect.poll(() => position(bo.page).getAttribute('aria-valuenow')).toBe(`${Math.round(duration / 1_000)}`);
  await position(bo.page).press('Home');
  await button(bo.page, /Play voice message, 0:0[2-9]/).click();
  await bo.page.locator('[data-voice="playing"]').waitFor();
  await button(bo.page, 'Speed: 1 times').click();
  await button(bo.page, 'Speed: 1.5 times').waitFor();
  // To its end, and back to its beginning.
  await bo.page.locator('[data-voice="paused"]').waitFor();
  await expect.poll(() => position(bo.page).getAttribute('aria-valuenow')).toBe('0');
}, 120_000);
