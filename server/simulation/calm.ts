/** After the storm: everybody is online, everything is delivered, and the run is over when nothing more happens. */
import type { Browser } from './browser.ts';
import { Violation } from './ledger.ts';
import { deliverNow } from './operations-network.ts';
import type { World } from './world.ts';

/** A device that was away needs a handful: connect, sync, receipts, answers; more would be a circle. */
const MAX_ROUNDS = 150;

export async function calm(world: World): Promise<void> {
  const { chance, browsers } = world;
  if (world.alive.length === 0) await world.startServer();
  for (const gate of world.ghosts) {
    for (const query of gate.waiting) {
      if (chance.happens(0.5)) await gate.run(query);
      gate.abandon(query);
    }
  }
  for (const entry of world.arriving.splice(0)) if (chance.happens(0.5)) entry();
  for (const { link } of [...world.halfOpen]) world.forget(link);
  for (const browser of browsers) browser.isOnline = true;
  for (const tab of world.tabs) if (tab.link) tab.link.isStalled = false;
  for (let round = 0; ; round++) {
    if (round > MAX_ROUNDS) throw new Violation('[P3] the devices and servers do not come to rest');
    if ((await exchange(world)) || askAgain(world) || writeReceipts(world)) continue;
    for (const server of world.alive) {
      void server.rooms.catchUp();
      await world.pump(server);
    }
    for (const browser of browsers) browser.isGone &&= !world.members.has(browser.user);
    if (!(await exchange(world))) return;
  }
}

/** Opens the conversation on a device that has never seen it, on each server. */
export async function openAnew(world: World): Promise<void> {
  for (const server of world.alive) {
    const user = world.chance.pick([...world.members.keys()]);
    const browser: Browser = world.newBrowser(user, `${user}/new`);
    world.browsers.push(browser);
    world.connect(browser.openTab(), server);
  }
  while (await exchange(world));
}

/** Returns whether anything happened. */
async function exchange(world: World): Promise<boolean> {
  let didAny = false;
  for (const { isGone, tabs } of world.browsers) {
    for (const tab of isGone ? [] : tabs) {
      if (tab.link) continue;
      world.connect(tab, world.chance.pick(world.alive));
      didAny = true;
    }
  }
  for (const server of world.alive) if (await world.pump(server)) didAny = true;
  for (const tab of world.tabs) {
    if (deliverNow(world, tab, 'down') > 0) didAny = true;
    if (deliverNow(world, tab, 'up') > 0) didAny = true;
    for (; tab.heard.length > 0; didAny = true) tab.hear();
  }
  await world.settle();
  return didAny;
}

function askAgain(world: World): boolean {
  const open = world.posts.filter(({ pending, result }) => !pending && !result);
  for (const post of open) world.ask(post, world.chance.pick(world.alive));
  return open.length > 0;
}

function writeReceipts(world: World): boolean {
  let didAny = false;
  for (const tab of world.tabs) if (tab.isReceiptDue && tab.writeReceipt()) didAny = true;
  return didAny;
}
