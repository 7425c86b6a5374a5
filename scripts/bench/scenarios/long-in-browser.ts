/**
 * Time to the first rows of a long conversation in Chromium with its CPU throttled: loading the page on a device that has
 * nothing, loading it from what is stored with the network cut, and switching to the conversation in a running app, from
 * IndexedDB and back to the pane that was kept. The person has fifty other conversations that are more recent.
 */
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import type { Laboratory } from '../laboratory.ts';
import { pressLine } from './frame-probe.ts';
import { openBrowser } from './long-browser.ts';
import type { LongConversation } from './long-open.ts';

/** One value a round. */
export interface BrowserResult {
  readonly coldMs: number[];
  /** Since the navigation, and since the app first showed anything. */
  readonly warmMs: number[];
  readonly warmSinceAppMs: number[];
  readonly switchMs: number[];
  readonly switchBackMs: number[];
}

const THROTTLE = 4;

/** Notes in the page when the app first showed anything and when the first text of a message was painted. */
const WATCH = `
  window.startedMs = undefined;
  new MutationObserver((_, observer) => {
    if (window.startedMs === undefined && document.querySelector('#app > *')) window.startedMs = performance.now();
    if (!document.querySelector('[data-text]')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.rowsMs = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
`;

/** All conversations have it. */
const TITLE = 'A long one';

/** The app has opened in the background what it keeps open. */
const BACKGROUND_MS = 3_000;
/** Receipts and stores are written within the second. */
const STORED_MS = 1_500;

export async function measureBrowser(options: {
  laboratory: Laboratory;
  conversations: readonly LongConversation[];
  rounds: number;
  progress: (text: string) => void;
}): Promise<BrowserResult[]> {
  const { laboratory, conversations, rounds, progress } = options;
  const results = conversations.map(
    (): BrowserResult => ({ coldMs: [], warmMs: [], warmSinceAppMs: [], switchMs: [], switchBackMs: [] }),
  );
  await using subject = await laboratory.start('tidewire');
  const url = `http://127.0.0.1:${subject.port}`;
  for (let round = 0; round < rounds; round++) {
    progress(`browser, round ${round + 1} of ${rounds}`);
    const order = conversations.map((_, index) => (index + round) % conversations.length);
    for (const index of order) {
      const chosen = conversations[index] as LongConversation;
      const path = `/c/${chosen.conversation}`;
      await using browser = await openBrowser({ laboratory, url, conversation: chosen });
      const { context } = browser;
      await context.addInitScript(WATCH);
      const result = results[index] as BrowserResult;
      result.coldMs.push((await load(context, url + path)).sinceNavigationMs);
      await context.setOffline(true);
      const warm = await load(context, url + path);
      result.warmMs.push(warm.sinceNavigationMs);
      result.warmSinceAppMs.push(warm.sinceAppMs);
      await context.setOffline(false);
      const { page, throttle } = await newPage(context);
      await page.goto(url);
      await page.locator(`a[href="${path}"]`).waitFor({ state: 'attached' });
      await page.waitForTimeout(BACKGROUND_MS);
      await throttle();
      result.switchMs.push((await pressLine(page, { path, title: TITLE })).presentedMs);
      await page.waitForTimeout(STORED_MS);
      await page.goBack();
      await page.locator('input[type=search]').waitFor();
      result.switchBackMs.push((await pressLine(page, { path, title: TITLE })).presentedMs);
    }
  }
  return results;
}

async function newPage(context: BrowserContext): Promise<{ page: Page; throttle: () => Promise<void> }> {
  const page = await context.newPage();
  const session: CDPSession = await context.newCDPSession(page);
  const throttle = async (): Promise<void> => {
    await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
  };
  return { page, throttle };
}

async function load(
  context: BrowserContext,
  address: string,
): Promise<{ sinceNavigationMs: number; sinceAppMs: number }> {
  const { page, throttle } = await newPage(context);
  await throttle();
  await page.goto(address);
  await page.locator('[data-text]').first().waitFor({ timeout: 60_000 });
  const { rowsMs, startedMs } = await page.evaluate(async () => {
    const noted = globalThis as { rowsMs?: number; startedMs?: number };
    while (noted.rowsMs === undefined) await new Promise((painted) => setTimeout(painted, 10));
    return { rowsMs: noted.rowsMs, startedMs: noted.startedMs ?? Number.NaN };
  });
  await page.waitForTimeout(STORED_MS);
  await page.close();
  return { sinceNavigationMs: rowsMs, sinceAppMs: rowsMs - startedMs };
}
