/**
 * How long it takes from pressing a line of the list to the frame that shows the rows of its conversation, measured in the page:
 * from the time stamp of the `pointerdown` to the presentation of that frame, which the Element Timing API tells of an element
 * put into it. No polling from outside, no timer and no round trip of a protocol is in it.
 */
import type { Page } from 'playwright-core';

/** ms from the press. */
export interface Opened {
  /** The frame was on the screen. */
  readonly presentedMs: number;
  /** The main thread had handed it over: what follows is drawn by other threads. */
  readonly handedOverMs: number;
  /** Rows within the view in that frame. */
  readonly rows: number;
  /** Layout shifts until half a second later, those that follow an input included. */
  readonly shift: number;
}

/** Longer than anything that follows an opening by itself. */
const SETTLED_MS = 500;
/** A press that leads nowhere says so, instead of being waited for. */
const OPENED_WITHIN_MS = 30_000;

/** Made before the press; the promise is kept in the page. */
const WATCH = `({ title, settledMs, withinMs }) => {
  const list = '[role=list][aria-label="Messages with ' + CSS.escape(title) + '"]';
  let shift = 0;
  const shifts = new PerformanceObserver((entries) => { for (const entry of entries.getEntries()) shift += entry.value; });
  shifts.observe({ type: 'layout-shift' });
  const shown = () => {
    const rows = [...document.querySelectorAll(list)].filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true })).flatMap((one) => [...one.querySelectorAll('[data-text]')]);
    return rows.filter((row) => {
      const { top, bottom, left, right } = row.getBoundingClientRect();
      return bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    }).length;
  };
  window.opened = new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('No rows of ' + title + ' after the press')), withinMs);
    addEventListener('pointerdown', ({ timeStamp: pressedMs }) => {
      performance.mark('pressed');
      const look = () => {
        const rows = shown();
        if (rows === 0) return requestAnimationFrame(look);
        // In the same frame as the rows: they are painted and presented together.
        const probe = document.createElement('div');
        probe.textContent = '.';
        probe.setAttribute('elementtiming', 'probe');
        probe.style.cssText = 'position: fixed; z-index: 99; top: 1px; left: 1px; color: red';
        document.body.append(probe);
        let handedOverMs = 0;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => { performance.mark('handed over'); handedOverMs = performance.now() - pressedMs; };
        port2.postMessage(0);
        new PerformanceObserver((entries, observer) => {
          observer.disconnect();
          const presentedMs = entries.getEntries()[0].renderTime - pressedMs;
          probe.remove();
          setTimeout(() => { shifts.disconnect(); resolve({ presentedMs, handedOverMs, rows, shift }); }, settledMs);
        }).observe({ type: 'element' });
      };
      requestAnimationFrame(look);
    }, { capture: true, once: true });
  });
}`;

/** Presses the line of a conversation as a finger that is lifted at once. */
export async function pressLine(page: Page, { path, title }: { path: string; title: string }): Promise<Opened> {
  const line = page.locator(`a[href="${path}"]`);
  await line.scrollIntoViewIfNeeded();
  // Lines far from the view are laid out in the frame that brings them in: nobody could press them before.
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
  const box = await line.boundingBox();
  if (!box) throw new Error(`${path} is not in the list`);
  await page.evaluate(`(${WATCH})(${JSON.stringify({ title, settledMs: SETTLED_MS, withinMs: OPENED_WITHIN_MS })})`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.up();
  return page.evaluate<Opened>('window.opened');
}
