/** What the network does in a storm: it delivers in pieces, breaks, and keeps silent about it. */
import { CLOSE } from '../../schema/close-codes.ts';
import { leaveAll, linked, pick, type WeightedOperation } from './operation.ts';
import type { Tab } from './tab.ts';
import type { World } from './world.ts';

export const NETWORK: Record<string, WeightedOperation> = {
  deliverUp: [30, (world) => deliverSome(world, 'up')],
  deliverDown: [30, (world) => deliverSome(world, 'down')],
  hear: [
    12,
    (world) => {
      const tab = pick(
        world,
        world.tabs.filter(({ heard }) => heard.length > 0),
      );
      if (!tab) return undefined;
      let heard = 1 + world.chance.below(tab.heard.length);
      const said = `${tab.name} hears ${heard} of its neighbours' messages`;
      for (; heard > 0; heard--) tab.hear();
      tab.requireNothingGone();
      return said;
    },
  ],
  bring: [
    24,
    (world) => {
      const entry = pick(world, world.arriving);
      if (!entry) return undefined;
      // Most come in order; some overtake others, and some come twice.
      const next = world.chance.happens(0.7) ? (world.arriving[0] as typeof entry) : entry;
      const isKept = world.chance.happens(0.05);
      if (!isKept) world.arriving.splice(world.arriving.indexOf(next), 1);
      next();
      world.counts.brought++;
      return `an entry reaches another server${isKept ? ', and will again' : ''}`;
    },
  ],
  loseEntries: [
    0.6,
    (world) => {
      const lost = world.arriving.splice(world.chance.below(world.arriving.length + 1));
      if (lost.length === 0) return undefined;
      world.counts.lostEntries += lost.length;
      return `${lost.length} entries do not reach other servers`;
    },
  ],
  connect: [
    20,
    (world) => {
      const waiting = world.browsers.flatMap(({ isOnline, isGone, tabs }) =>
        isOnline && !isGone ? tabs.filter(({ link }) => !link) : [],
      );
      const tab = pick(world, waiting);
      const server = pick(world, world.alive);
      if (!tab || !server) return undefined;
      world.connect(tab, server);
      return `${tab.name} connects to ${server.name} as ${tab.link?.name}`;
    },
  ],
  cut: [2, (world) => cut(world, pick(world, linked(world)) ?? ({ link: undefined } as Tab))],
  goOffline: [
    1,
    (world) => {
      const browser = pick(
        world,
        world.browsers.filter(({ isOnline }) => isOnline),
      );
      if (!browser) return undefined;
      browser.isOnline = false;
      leaveAll(world, browser.tabs);
      world.counts.cuts++;
      return `${browser.name} goes offline`;
    },
  ],
  goOnline: [
    4,
    (world) => {
      const browser = pick(
        world,
        world.browsers.filter(({ isOnline }) => !isOnline),
      );
      if (!browser) return undefined;
      browser.isOnline = true;
      return `${browser.name} is online again`;
    },
  ],
  noticeCut: [
    2,
    (world) => {
      const each = pick(world, world.halfOpen);
      if (!each) return undefined;
      world.forget(each.link);
      return `${each.server.name} notices that ${each.link.name} is gone`;
    },
  ],
  stall: [
    1,
    (world) => {
      const tab = pick(world, linked(world));
      if (!tab?.link) return undefined;
      tab.link.isStalled = !tab.link.isStalled;
      return `${tab.link.name} ${tab.link.isStalled ? 'stops reading' : 'reads again'}`;
    },
  ],
  cutSlowReaders: [
    1.5,
    (world) => {
      const before = world.counts.slowReaders;
      cutSlowReaders(world);
      return world.counts.slowReaders > before ? 'slow readers are cut off' : undefined;
    },
  ],
};

const SLOW_READER_MESSAGES = 25;

/** Delivers some of what is under way on one channel, in one direction. */
function deliver(world: World, tab: Tab, direction: 'up' | 'down'): string | undefined {
  const { link } = tab;
  if (!link) return undefined;
  const queue = direction === 'up' ? link.up : link.down;
  const count = world.chance.happens(0.6) ? queue.length : world.chance.below(queue.length + 1);
  return deliverNow(world, tab, direction, count) > 0 ? `${link.name}: ${count} ${direction}` : undefined;
}

export function deliverNow(world: World, tab: Tab, direction: 'up' | 'down', count = Number.POSITIVE_INFINITY): number {
  const { link } = tab;
  let delivered = 0;
  for (; link && tab.link === link && delivered < count; delivered++) {
    if (direction === 'up') {
      const bytes = link.up.shift();
      if (!bytes) break;
      link.receive(bytes);
    } else {
      const message = link.down.shift();
      if (!message) break;
      if (message.is === 'closed') world.forget(link);
      if (message.is === 'closed' && message.code === CLOSE.notMember) world.counts.deniedMembers++;
      const failed = tab.home.outbox.failed.size;
      tab.receive(message);
      tab.requireNothingGone();
      world.counts.failed += tab.home.outbox.failed.size - failed;
    }
  }
  return delivered;
}

/** The connection breaks after a part of what was under way has arrived. */
function cut(world: World, tab: Tab): string | undefined {
  const { link } = tab;
  if (!link) return undefined;
  const { chance, counts } = world;
  const up = deliverNow(world, tab, 'up', chance.below(link.up.length + 1));
  const down = deliverNow(world, tab, 'down', chance.below(link.down.length + 1));
  if (tab.link !== link) return `${link.name} ends`;
  counts.cuts++;
  counts.lost += link.up.length + link.down.length;
  const lost = `${link.up.length} up and ${link.down.length} down`;
  world.disconnect(tab);
  return `${link.name} is cut after ${up} up and ${down} down; lost are ${lost}`;
}

/** A reader who does not read is cut off by the server. */
function cutSlowReaders(world: World): void {
  for (const tab of linked(world)) {
    const { link } = tab;
    if (!link?.isStalled || link.down.length < SLOW_READER_MESSAGES) continue;
    world.counts.slowReaders++;
    world.disconnect(tab);
    world.forget(link);
  }
}

function deliverSome(world: World, direction: 'up' | 'down'): string | undefined {
  const waiting = linked(world).filter(({ link }) =>
    direction === 'up' ? link && link.up.length > 0 : link && link.down.length > 0 && !link.isStalled,
  );
  const tab = pick(world, waiting);
  return tab && deliver(world, tab, direction);
}
