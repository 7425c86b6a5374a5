/**
 * CPU time of a page's main thread between two marks, from Chromium's trace: what others on the machine do is not in it, unlike in
 * any time by the clock.
 */
import type { BrowserContext } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly cat?: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** µs by the clock, and of the thread. */
  readonly ts: number;
  readonly tts?: number;
  readonly tdur?: number;
}

/** ms of the thread; `parts` are those of the kinds of work, as Chromium names them, and may contain each other. */
export interface ThreadTime {
  readonly ms: number;
  readonly parts: Readonly<Record<string, number>>;
}

const PARTS = ['EventDispatch', 'FunctionCall', 'RunMicrotasks', 'UpdateLayoutTree', 'Layout', 'PrePaint', 'Paint'];
const MORE_PARTS = ['Layerize', 'Commit', 'FireAnimationFrame', 'TimerFire', 'MinorGC', 'MajorGC', 'V8.GCScavenger'];

/** Does `work` in a page while tracing; between the marks `from` and `to`, which the page makes. */
export async function traced<Result>(
  context: BrowserContext,
  { from, to }: { from: string; to: string },
  work: () => Promise<Result>,
): Promise<{ result: Result; thread: ThreadTime }> {
  const browser = context.browser();
  if (!browser) throw new Error('Only a browser that was launched can be traced');
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await session.send('Tracing.start', {
    traceConfig: {
      includedCategories: ['toplevel', 'devtools.timeline', 'blink.user_timing', 'v8'],
      excludedCategories: ['*'],
    },
  });
  const result = await work();
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  return { result, thread: threadTime(events, from, to) };
}

function threadTime(events: readonly TraceEvent[], from: string, to: string): ThreadTime {
  const mark = (name: string) =>
    events.find((event) => event.cat?.includes('blink.user_timing') && event.name === name && event.tts !== undefined);
  const [begin, end] = [mark(from), mark(to)];
  if (!begin || !end) throw new Error(`The page has not made the marks ${from} and ${to}`);
  const parts: Record<string, number> = {};
  for (const { name, ph, pid, tid, ts, tdur } of events) {
    if (ph !== 'X' || pid !== begin.pid || tid !== begin.tid || ts < begin.ts || ts > end.ts) continue;
    if (PARTS.includes(name) || MORE_PARTS.includes(name)) parts[name] = (parts[name] ?? 0) + (tdur ?? 0) / 1_000;
  }
  return { ms: ((end.tts as number) - (begin.tts as number)) / 1_000, parts };
}
