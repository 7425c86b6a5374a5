/**
 * Watches, in the page, whether the row under the reader's eye stays where it is while the timeline scrolls, loads and drops
 * rows. Each frame it scrolls by a step, as a finger would, and compares where a row went with where the step took it.
 */
import type { Page } from 'playwright-core';

export interface Watched {
  /** The furthest any row was found from its place, in px, and what happened then. */
  readonly worstPx: number;
  readonly worst: string;
  readonly frames: number;
  /** Frames that took longer than two of a 60 Hz display. */
  readonly slowFrames: number;
  /** How often rows were added or dropped before those on screen. */
  readonly pages: number;
  readonly messages: number;
}

/** Scrolls by `stepPx` a frame (up when negative) until `untilMessages` different ones were seen, or nothing moves any more. */
export const watchRows = (page: Page, options: { stepPx: number; untilMessages: number }): Promise<Watched> =>
  page.evaluate<Watched>(`(${scrollAndWatch.toString()})(${JSON.stringify(options)})`);

/** Runs in the page; must not refer to anything outside. */
async function scrollAndWatch({ stepPx, untilMessages }: { stepPx: number; untilMessages: number }) {
  // biome-ignore lint/suspicious/noExplicitAny: the DOM, which this program of Node has no types of
  const { document, requestAnimationFrame, performance } = globalThis as any;
  const list = document.querySelector('[role=list][aria-label^="Messages with"]');
  const scroller = list.parentElement;
  const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const tops = (): Map<string, number> => {
    const box = scroller.getBoundingClientRect();
    const found = new Map<string, number>();
    for (const row of list.querySelectorAll('[data-key]')) {
      const top = row.getBoundingClientRect().top - box.top;
      if (top > -40 && top < box.height && row.querySelector('[data-bubble]')) found.set(row.dataset.key, top);
    }
    return found;
  };
  const seen = new Set<string>();
  const result = { worstPx: 0, worst: '', frames: 0, slowFrames: 0, pages: 0, messages: 0 };
  // Opening at the end or at a row ends once the rows there are measured.
  for (let quiet = 0; quiet < 30; quiet++) await frame();
  let before = tops();
  let expected = 0;
  let still = 0;
  const indexes = () =>
    new Map<string, string>(
      [...list.querySelectorAll('[data-key]')].map((row) => [row.dataset.key, row.dataset.index]),
    );
  let placed = indexes();
  let last = performance.now();
  while (seen.size < untilMessages && still < 120) {
    await frame();
    const now = performance.now();
    if (now - last > 34) result.slowFrames++;
    last = now;
    result.frames++;
    const after = tops();
    for (const [key, top] of after) {
      seen.add(key);
      const former = before.get(key);
      if (former === undefined) continue;
      const off = Math.abs(top - former - expected);
      if (off > result.worstPx) {
        result.worstPx = off;
        result.worst = `${key} at frame ${result.frames}: ${former} -> ${top}, expected ${expected}`;
      }
    }
    const shift = [...indexes()].some(([key, index]) => placed.has(key) && placed.get(key) !== index);
    if (shift) result.pages++;
    placed = indexes();
    const from = scroller.scrollTop;
    scroller.scrollTop = from + stepPx;
    // A finger's scroll is told before the frame is laid out, a program's a frame later.
    scroller.dispatchEvent(new Event('scroll'));
    expected = from - scroller.scrollTop;
    still = expected === 0 ? still + 1 : 0;
    before = after;
  }
  result.messages = seen.size;
  return result;
}
