/**
 * Typing into the composer of a conversation in which 10,000 rows were scrolled through and as many epochs are loaded as the app keeps:
 * frames that came late, and how long a key takes to its paint. Then scrolling back, for its layout shifts.
 */
import type { Laboratory } from '../laboratory.ts';
import { openBrowser } from './long-browser.ts';
import type { LongConversation } from './long-open.ts';
import { SCROLL } from './long-reading.ts';

export interface TypingResult {
  readonly rows: number;
  readonly keys: number;
  readonly frames: number;
  /** Frames that came a whole frame late, or later. */
  readonly dropped: number;
  readonly longestTaskMs: number;
  /** From key to paint, in steps of 8 ms. */
  readonly keyMs: number[];
  readonly scrollShift: number;
}

const STEP_PX = 225;
const KEYS = 'the boat leaves the harbour at seven and we meet at the bridge '.repeat(2);
/** A fast typist. */
const KEY_EVERY_MS = 70;

const WATCH = `() => {
  const frames = []; const tasks = []; const keys = [];
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) tasks.push(duration); }).observe({ type: 'long-animation-frame' });
  new PerformanceObserver((list) => { for (const { name, duration } of list.getEntries()) if (name === 'keydown') keys.push(duration); }).observe({ type: 'event', durationThreshold: 16 });
  let last;
  const frame = (now) => { if (last !== undefined) frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  window.typed = { frames, tasks, keys };
}`;

export async function measureTyping(options: {
  laboratory: Laboratory;
  conversation: LongConversation;
  rows: number;
  progress: (text: string) => void;
}): Promise<TypingResult> {
  const { laboratory, conversation, rows, progress } = options;
  progress(`typing after ${rows} rows`);
  await using subject = await laboratory.start('tidewire');
  const url = `http://127.0.0.1:${subject.port}`;
  await using browser = await openBrowser({ laboratory, url, conversation });
  const page = await browser.context.newPage();
  await page.goto(`${url}/c/${conversation.conversation}`);
  await page.locator('[data-text]').first().waitFor({ timeout: 60_000 });
  await page.waitForTimeout(3_000);
  await page.evaluate(`{
    window.shift = 0;
    new PerformanceObserver((list) => { for (const { value } of list.getEntries()) window.shift += value; }).observe({ type: 'layout-shift' });
  }`);
  const scrolled = await page.evaluate<{ rows: number }>(`(${SCROLL})(${JSON.stringify({ stepPx: STEP_PX, rows })})`);
  const scrollShift = await page.evaluate<number>('window.shift');
  await page.waitForTimeout(2_000);
  await page.getByRole('main').getByLabel('Message', { exact: true }).click();
  await page.evaluate(`(${WATCH})()`);
  await page.keyboard.type(KEYS, { delay: KEY_EVERY_MS });
  await page.waitForTimeout(500);
  const { frames, tasks, keys } = await page.evaluate<{ frames: number[]; tasks: number[]; keys: number[] }>(
    'window.typed',
  );
  return {
    rows: scrolled.rows,
    keys: KEYS.length,
    frames: frames.length,
    // A frame of 60 Hz is 16.7 ms; one and a half are a display that was missed.
    dropped: frames.filter((ms) => ms > 25).length,
    longestTaskMs: Math.max(0, ...tasks),
    // Faster ones than the least that is told of take 16 ms at most.
    keyMs: [...keys, ...Array.from({ length: Math.max(0, KEYS.length - keys.length) }, () => 16)],
    scrollShift,
  };
}
