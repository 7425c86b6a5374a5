/**
 * Time to the first rows of a long conversation in Chromium with its CPU throttled: on a device that has nothing, and once more
 * from what it has stored, with the network cut.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { COOKIE_PREFIX } from '../../../server/auth/credentials.ts';
import type { Laboratory } from '../laboratory.ts';
import type { LongConversation } from './long-open.ts';

/** One value a round. */
export interface BrowserResult {
  readonly coldMs: number[];
  readonly warmMs: number[];
}

const THROTTLE = 4;
const COOKIE = `${COOKIE_PREFIX}.session_token`;

/** Notes in the page when the app began to run and when the first text of a message was painted. */
const WATCH = `
  window.startedMs = undefined;
  new MutationObserver((_, observer) => {
    if (window.startedMs === undefined && document.querySelector('#app > *')) window.startedMs = performance.now();
    if (!document.querySelector('[data-text]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.rowsMs = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

export async function measureBrowser(options: {
  laboratory: Laboratory;
  conversations: readonly LongConversation[];
  rounds: number;
  progress: (text: string) => void;
}): Promise<BrowserResult[]> {
  const { laboratory, conversations, rounds, progress } = options;
  const results = conversations.map((): BrowserResult => ({ coldMs: [], warmMs: [] }));
  await using subject = await laboratory.start('tidewire');
  const url = `http://127.0.0.1:${subject.port}`;
  for (let round = 0; round < rounds; round++) {
    progress(`browser, round ${round + 1} of ${rounds}`);
    const order = conversations.map((_, index) => (index + round) % conversations.length);
    for (const index of order) {
      const chosen = conversations[index] as LongConversation;
      const { Authorization = '' } = laboratory.member(chosen).headers;
      const profile = await mkdtemp(join(tmpdir(), 'tidewire-bench-'));
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
        viewport: { width: 390, height: 844 },
      });
      try {
        await context.addInitScript(WATCH);
        // The app itself is on the device in both cases, but nobody has signed in: what is measured is the conversation.
        await visit(context, `${url}/`, 'app');
        await context.addCookies([{ name: COOKIE, value: Authorization.slice('Bearer '.length), url }]);
        const result = results[index] as BrowserResult;
        result.coldMs.push((await visit(context, `${url}/c/${chosen.conversation}`, 'rows')).sinceNavigationMs);
        await context.setOffline(true);
        result.warmMs.push((await visit(context, `${url}/c/${chosen.conversation}`, 'rows')).sinceAppMs);
      } finally {
        await context.close();
        await rm(profile, { recursive: true, force: true });
      }
    }
  }
  return results;
}

async function visit(
  context: BrowserContext,
  address: string,
  what: 'app' | 'rows',
): Promise<{ sinceNavigationMs: number; sinceAppMs: number }> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  if (what === 'rows') await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  await page.goto(address);
  if (what === 'app') {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.close();
    return { sinceNavigationMs: Number.NaN, sinceAppMs: Number.NaN };
  }
  await page.locator('[data-text]').first().waitFor({ timeout: 60_000 });
  const { rowsMs, startedMs } = await page.evaluate(async () => {
    const noted = globalThis as { rowsMs?: number; startedMs?: number };
    while (noted.rowsMs === undefined) await new Promise((painted) => setTimeout(painted, 10));
    return { rowsMs: noted.rowsMs, startedMs: noted.startedMs ?? Number.NaN };
  });
  // Receipts and stores are written within the second.
  await page.waitForTimeout(2_000);
  await page.close();
  return { sinceNavigationMs: rowsMs, sinceAppMs: rowsMs - startedMs };
}
