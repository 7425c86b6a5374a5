/**
 * Opening conversations of 1,000 messages in a running app, one after the other: from IndexedDB, from memory, and going back to one
 * whose pane was kept. Once with the CPU throttled four times, by the clock; once unthrottled, in CPU time of the main thread,
 * which says the same on a machine that is busy.
 */
import type { ConversationId } from '../../../schema/ids.ts';
import type { Laboratory } from '../laboratory.ts';
import { type Opened, pressLine } from './frame-probe.ts';
import { openBrowser } from './long-browser.ts';
import { traced } from './main-thread.ts';

/** One value an opening. */
export interface OpeningResult {
  readonly presentedMs: number[];
  readonly mainThreadMs: number[];
  readonly shift: number[];
}

export type Openings = Readonly<Record<'stored' | 'inMemory' | 'kept', OpeningResult>>;

const THROTTLE = 4;
/** The app has opened in the background what it keeps open. */
const BACKGROUND_MS = 5_000;
/** Receipts and stores are written within the second. */
const STORED_MS = 1_500;
/** What is made after the rows were painted is done. */
const REST_MS = 800;

export async function measureOpenings(options: {
  laboratory: Laboratory;
  /** Titled by their ids. */
  conversations: readonly ConversationId[];
  /** A member of all of them. */
  user: number;
  pages: number;
  progress: (text: string) => void;
}): Promise<Openings> {
  const { laboratory, conversations, user, pages, progress } = options;
  const make = (): OpeningResult => ({ presentedMs: [], mainThreadMs: [], shift: [] });
  const results: Openings = { stored: make(), inMemory: make(), kept: make() };
  await using subject = await laboratory.start('tidewire');
  const url = `http://127.0.0.1:${subject.port}`;
  const first = { conversation: conversations[0] as ConversationId, epoch: 0, messages: 1_000, user };
  await using browser = await openBrowser({ laboratory, url, conversation: first });
  const { context } = browser;
  const visiting = await context.newPage();
  for (const conversation of conversations) {
    await visiting.goto(`${url}/c/${conversation}`);
    await visiting.locator('[data-text]').first().waitFor({ timeout: 60_000 });
    await visiting.waitForTimeout(STORED_MS);
  }
  await visiting.close();
  for (let n = 0; n < 2 * pages; n++) {
    const isThrottled = n % 2 === 0;
    progress(`opening, page ${n + 1} of ${2 * pages}`);
    const page = await context.newPage();
    await page.goto(url);
    await page.locator('input[type=search]').waitFor();
    await page.waitForTimeout(BACKGROUND_MS);
    const session = await context.newCDPSession(page);
    if (isThrottled) await session.send('Emulation.setCPUThrottlingRate', { rate: THROTTLE });
    const open = async (conversation: ConversationId, result?: OpeningResult): Promise<void> => {
      const press = (): Promise<Opened> => pressLine(page, { path: `/c/${conversation}`, title: conversation });
      if (isThrottled) {
        const opened = await press();
        result?.presentedMs.push(opened.presentedMs);
        result?.shift.push(opened.shift);
      } else {
        const { thread } = await traced(context, { from: 'pressed', to: 'handed over' }, press);
        result?.mainThreadMs.push(thread.ms);
      }
      await page.waitForTimeout(REST_MS);
      await page.goBack();
      await page.locator('input[type=search]').waitFor();
    };
    const order = conversations.map((_, at) => conversations[(at + n) % conversations.length] as ConversationId);
    // The first opening of a page compiles the code of all others.
    for (const [at, conversation] of order.entries()) await open(conversation, at === 0 ? undefined : results.stored);
    // Panes of the last three are kept, and what is opened here pushes them out in turn.
    for (const conversation of order) await open(conversation, results.inMemory);
    for (const conversation of [...order.slice(-2), ...order.slice(-2)]) await open(conversation, results.kept);
    await page.close();
  }
  return results;
}
