/**
 * Reading far back in a long conversation in Chromium, not throttled: what the page holds in memory after thousands of rows,
 * how long its frames take meanwhile, and how fast it then finds words, on the device and with the server.
 */
import type { CDPSession, Page } from 'playwright-core';
import type { Laboratory } from '../laboratory.ts';
import { openBrowser } from './long-browser.ts';
import type { LongConversation } from './long-open.ts';

export interface ReadingResult {
  readonly rows: number;
  /** JavaScript heap after a collection, in bytes: with the newest epoch open, and after the rows. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  readonly frames: number;
  readonly framesOver17Ms: number;
  readonly framesOver34Ms: number;
  readonly worstFrameMs: number;
  /** The first builds the index in its worker. */
  readonly firstOfflineSearchMs: number;
  readonly offlineSearchMs: number[];
  readonly serverSearchMs: number[];
}

/** A flung list: twenty screens a second. */
const STEP_PX = 225;
const QUERIES = ['harbour fish', 'bread train', 'tomorrow rain', 'evening boat', 'map key'];

/** Scrolls back, a step a frame, until so many rows were on screen. Runs in the page. */
export const SCROLL = `async ({ stepPx, rows }) => {
  const list = document.querySelector('[role=list][aria-label^="Messages with"]');
  const scroller = list.parentElement;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const seen = new Set();
  const frames = [];
  let last = await frame();
  for (let still = 0; seen.size < rows && still < 300; ) {
    const before = scroller.scrollTop;
    scroller.scrollTop -= stepPx;
    still = scroller.scrollTop === before ? still + 1 : 0;
    const now = await frame();
    frames.push(now - last);
    last = now;
    for (const row of list.querySelectorAll('[data-key]')) seen.add(row.dataset.key);
  }
  return { rows: seen.size, frames };
}`;

/** Types a query at once and answers how long it took until matches were painted that cover \`covers\`. */
const FIND = `({ query, covers }) => new Promise((resolve) => {
  const input = document.querySelector('input[type=search]');
  const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
  const type = (text) => { set.call(input, text); input.dispatchEvent(new Event('input', { bubbles: true })); };
  const results = () => document.querySelector('section[aria-label="Search results"]');
  type('');
  setTimeout(() => {
    const beganMs = performance.now();
    const look = () => {
      if (!results()?.querySelector('mark') || !results().textContent.includes(covers)) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - beganMs)));
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    type(query);
  }, 300);
})`;

export async function measureReading(options: {
  laboratory: Laboratory;
  conversation: LongConversation;
  rows: number;
  progress: (text: string) => void;
}): Promise<ReadingResult> {
  const { laboratory, conversation, rows, progress } = options;
  progress(`reading back through ${rows} messages`);
  await using subject = await laboratory.start('tidewire');
  const url = `http://127.0.0.1:${subject.port}`;
  await using browser = await openBrowser({ laboratory, url, conversation });
  const { context } = browser;
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await page.goto(`${url}/c/${conversation.conversation}`);
  await page.locator('[data-text]').first().waitFor({ timeout: 60_000 });
  await page.waitForTimeout(3_000);
  const heapBefore = await heapBytes(session);
  const scrolled = await page.evaluate<{ rows: number; frames: number[] }>(
    `(${SCROLL})(${JSON.stringify({ stepPx: STEP_PX, rows })})`,
  );
  await page.waitForTimeout(2_000);
  const heapAfter = await heapBytes(session);
  await page.goto(url);
  await page.locator('input[type=search]').waitFor();
  const find = (query: string, covers: string): Promise<number> =>
    page.evaluate<number>(`(${FIND})(${JSON.stringify({ query, covers })})`);
  const serverSearchMs = await findEach(page, (query) => find(query, 'All messages'));
  await context.setOffline(true);
  await page.reload();
  await page.locator('input[type=search]').waitFor();
  const [firstOfflineSearchMs = Number.NaN, ...offlineSearchMs] = await findEach(page, (query) =>
    find(query, 'Offline: only'),
  );
  const over = (ms: number): number => scrolled.frames.filter((each) => each > ms).length;
  return {
    rows: scrolled.rows,
    heapBefore,
    heapAfter,
    frames: scrolled.frames.length,
    // A frame of 60 Hz is 16.7 ms; time stamps have a jitter of their own.
    framesOver17Ms: over(17.5),
    framesOver34Ms: over(34),
    worstFrameMs: Math.max(...scrolled.frames),
    firstOfflineSearchMs,
    offlineSearchMs,
    serverSearchMs,
  };
}

async function findEach(page: Page, find: (query: string) => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (const query of QUERIES) times.push(await find(query));
  await page.waitForTimeout(200);
  return times;
}

async function heapBytes(session: CDPSession): Promise<number> {
  for (let i = 0; i < 2; i++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize;
}
