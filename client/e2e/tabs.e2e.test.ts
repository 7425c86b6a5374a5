/** Tabs of one browser share one socket, and it does not matter which of them has it, or what becomes of that one. */
import type { Page, WebSocket } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Device } from './device.ts';
import { ANA, BO, startTwoPeople, type TwoPeople } from './two-people.ts';

let people: TwoPeople;
let ana: Device;
let bo: Device;
/** Of Ana's browser. */
let tabs: Page[];
/** Which of them opened a socket; that of the first tab is older than this list. */
const sockets: { readonly tab: Page; readonly socket: WebSocket; readonly at: number }[] = [];

beforeAll(async () => {
  people = await startTwoPeople();
  ({ ana, bo } = people);
  await ana.startConversation([BO.name]);
  await ana.send('hello');
  await bo.openConversation(ANA.name);
  await ana.hasDelivery('hello', 'read');
  const { pathname } = new URL(ana.page.url());
  const watch = (tab: Page) => tab.on('websocket', (socket) => sockets.push({ tab, socket, at: performance.now() }));
  watch(ana.page);
  ana.page.context().on('page', watch);
  tabs = [ana.page];
  for (let count = 1; count < 5; count++) tabs.push(await ana.newTab(pathname));
  for (const tab of tabs) await ana.row('hello', tab).waitFor();
});

afterAll(() => people?.[Symbol.asyncDispose]());

const connections = async (): Promise<number> => {
  const metrics = await (await fetch(`http://127.0.0.1:${people.server.port}/metrics`)).text();
  return Number(/^tidewire_connections (\d+)$/m.exec(metrics)?.[1]);
};

const leaderNow = (): Page => sockets.findLast(({ socket }) => !socket.isClosed())?.tab ?? ana.page;

const timesOf = (texts: readonly string[], text: string): number => texts.filter((one) => one === text).length;

test('five tabs have one socket, and all of them show what any of them and anybody else writes', async () => {
  for (const [at, tab] of tabs.entries()) {
    await ana.send(`from tab ${at}`, tab);
    await ana.hasDelivery(`from tab ${at}`, 'read', tab);
  }
  await bo.send('to all tabs');
  for (const tab of tabs) await ana.row('to all tabs', tab).waitFor();
  expect(await connections(), "Ana's five tabs, and Bo's one").toBe(2);
  for (const tab of tabs) expect(await ana.texts(tab)).toEqual(await bo.texts());
});

test('[P3] the leader is killed while messages are on their way: each arrives once, and another tab leads', async ({
  annotate,
}) => {
  const leader = leaderNow();
  const follower = tabs.find((tab) => tab !== leader) as Page;
  ana.network.hold();
  await ana.send('from the leader', leader);
  await ana.send('from a follower', follower);
  await ana.row('from the leader', follower).waitFor();
  await ana.hasDelivery('from a follower', 'sending', follower);
  tabs = tabs.filter((tab) => tab !== leader);
  const start = performance.now();
  await crash(leader);
  await ana.hasDelivery('from a follower', 'read', follower);
  const tookMs = { socket: (sockets.at(-1)?.at ?? 0) - start, read: performance.now() - start };
  await annotate(
    `Another tab opened a socket after ${tookMs.socket | 0} ms, and all was read after ${tookMs.read | 0} ms`,
  );
  await ana.hasDelivery('from the leader', 'read', follower);
  for (const tab of tabs) await ana.row('from the leader', tab).waitFor();
  const texts = await bo.texts();
  for (const text of ['from the leader', 'from a follower']) expect(timesOf(texts, text), text).toBe(1);
  for (const tab of tabs) expect(await ana.texts(tab)).toEqual(texts);
  expect(await connections()).toBe(2);
});

test('a frozen leader is replaced, and follows when it wakes up', async ({ annotate }) => {
  const leader = leaderNow();
  const follower = tabs.find((tab) => tab !== leader) as Page;
  const thaw = await freeze(leader);
  const start = performance.now();
  await bo.send('while it was frozen');
  await ana.row('while it was frozen', follower).waitFor();
  await annotate(`The other tabs had the message after ${(performance.now() - start) | 0} ms`);
  await ana.send('nobody waits for it', follower);
  await ana.hasDelivery('nobody waits for it', 'read', follower);
  expect(leaderNow()).not.toBe(leader);
  await thaw();
  await ana.row('nobody waits for it', leader).waitFor();
  await ana.send('awake', leader);
  await ana.hasDelivery('awake', 'read', leader);
  await expect.poll(connections).toBe(2);
  const texts = await bo.texts();
  for (const text of ['while it was frozen', 'nobody waits for it', 'awake']) expect(timesOf(texts, text)).toBe(1);
});

test('signing out in one tab signs out all of them, and their one socket is gone', async () => {
  const [tab] = tabs as [Page];
  await tab.getByRole('button', { name: 'Account' }).click();
  await tab.getByRole('menuitem', { name: 'Sign out' }).click();
  for (const one of tabs) await one.getByRole('button', { name: 'Create an account' }).waitFor();
  await expect.poll(connections).toBe(1);
});

/** The renderer dies, as it does without memory: no script of the tab runs any more. */
async function crash(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = new Promise((resolve) => page.once('crash', resolve));
  // Never answered: who would answer is dead.
  devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}

/**
 * No script of the tab runs, and it keeps its lock and its socket. Chromium freezes only tabs that are hidden, and tabs under a
 * debugger never are; so the debugger itself holds it at its next step.
 */
async function freeze(page: Page): Promise<() => Promise<void>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Debugger.enable');
  const paused = new Promise((resolve) => devtools.once('Debugger.paused', resolve));
  await devtools.send('Debugger.pause');
  // Answered when it goes on.
  devtools.send('Runtime.evaluate', { expression: '0' }).catch(() => undefined);
  await paused;
  return async () => {
    await devtools.send('Debugger.resume');
    await devtools.send('Debugger.disable');
  };
}
