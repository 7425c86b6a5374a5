/**
 * What may happen in a storm, each with its usual weight. An operation answers what it did, for the log of the run, or
 * undefined when there was nothing to do it to.
 */
import type { Element, LiveMessage } from '../../schema/document/message.ts';
import { isDeleted } from '../../schema/document/message.ts';
import type { Role } from '../../schema/http/conversations.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { MAX_TEXT_CHARACTERS } from '../../schema/limits.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { Tab } from './device.ts';
import type { TypedMessage } from './ledger.ts';
import type { SimulatedServer } from './simulated-server.ts';
import { runWorkers } from './workers.ts';
import type { World } from './world.ts';

export type Operation = (world: World) => string | undefined | Promise<string | undefined>;

const pick = <Item>(world: World, items: readonly Item[]): Item | undefined =>
  items.length === 0 ? undefined : world.chance.pick(items);

const pickTab = (world: World): Tab | undefined => pick(world, world.tabs);

function type(world: World, tab: Tab, fault?: RefusalKind): string {
  const { chance, ledger } = world;
  const token = ledger.newText(tab.user);
  const text = fault ? withFault(token, fault) : chance.happens(0.1) ? `${token} ünïcödé 🙂` : token;
  const re = chance.happens(0.2) ? pick(world, tab.messages)?.id : undefined;
  const at = tab.browser.now();
  const id = tab.append((id) => ({ id, from: tab.user, at, text, ...(re && { re }) }));
  ledger.type({ is: 'message', user: tab.user, id, text, atMs: at, fault, fate: { is: 'waiting' } });
  return `${tab.name} types ${id} ${token}${fault ? ` (${fault})` : ''}`;
}

const withFault = (token: string, fault: RefusalKind): string =>
  fault === 'too-long' ? token + 'x'.repeat(MAX_TEXT_CHARACTERS) : `${token}\0`;

function edit(world: World, tab: Tab, target: MessageId | undefined, fault?: RefusalKind): string | undefined {
  if (!target) return undefined;
  const { ledger } = world;
  const token = ledger.newText(tab.user);
  const text = fault ? withFault(token, fault) : token;
  const id = tab.append((): Element => ({ edit: target, from: tab.user, at: tab.browser.now(), text }));
  ledger.type({ is: 'edit', user: tab.user, id, text, fault, target, fate: { is: 'waiting' } });
  return `${tab.name} edits ${target} to ${token} by ${id}${fault ? ` (${fault})` : ''}`;
}

function remove(world: World, tab: Tab, target: MessageId | undefined): string | undefined {
  if (!target) return undefined;
  const id = tab.append((): Element => ({ del: target, from: tab.user, at: tab.browser.now() }));
  world.ledger.wishDeletion({ is: 'deletion', user: tab.user, id, target, fate: { is: 'waiting' } });
  return `${tab.name} deletes ${target} by ${id}`;
}

function target(
  world: World,
  tab: Tab,
  whose: 'own' | 'others',
  which: 'live' | 'any' = 'live',
): MessageId | undefined {
  const candidates = tab.messages.filter(
    (message): message is LiveMessage =>
      (message.from === tab.user) === (whose === 'own') && (which === 'any' || !isDeleted(message)),
  );
  // People change what they wrote last, and races need two who change the same.
  return pick(world, world.chance.happens(0.6) ? candidates.slice(-3) : candidates)?.id;
}

const linked = (world: World): Tab[] => world.tabs.filter(({ link }) => link !== undefined);

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
      if (message.is === 'closed' && message.code === 4403) world.counts.deniedMembers++;
      const failed = tab.browser.failed.size;
      tab.receive(message);
      world.counts.failed += tab.browser.failed.size - failed;
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

function leaveAll(world: World, tabs: readonly Tab[]): void {
  for (const tab of tabs) if (tab.link) world.disconnect(tab);
}

const SLOW_READER_MESSAGES = 25;

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

async function crashServer(world: World, server: SimulatedServer): Promise<void> {
  for (const tab of linked(world)) if (tab.link && server.links.has(tab.link)) tab.disconnect();
  for (const { link } of world.halfOpen.filter((each) => each.server === server)) world.forget(link);
  for (const post of world.posts) if (post.pending === server) post.pending = undefined;
  await server.crash();
}

/** Ends a server as a signal does: what it has begun is finished, everybody is sent away. */
async function restartServer(world: World, server: SimulatedServer): Promise<void> {
  let isDown = false;
  const down = server.rooms[Symbol.asyncDispose]().then(() => {
    isDown = true;
  });
  while (!isDown) {
    await world.pump(server);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await down;
  for (const post of world.posts) if (post.pending === server) post.pending = undefined;
  for (const tab of linked(world)) if (tab.link && server.links.has(tab.link)) deliverNow(world, tab, 'down');
  await crashServer(world, server);
}

export const OPERATIONS: Record<string, readonly [weight: number, Operation]> = {
  type: [12, (world) => withTab(world, (tab) => type(world, tab))],
  typeMuch: [
    0.8,
    (world) => {
      const tab = pickTab(world);
      if (!tab) return undefined;
      const typed = Array.from({ length: 5 + world.chance.below(20) }, () => type(world, tab));
      return `${typed[0]} and ${typed.length - 1} more`;
    },
  ],
  typeBadly: [
    0.7,
    (world) => withTab(world, (tab) => type(world, tab, world.chance.pick(['too-long', 'bad-text'] as const))),
  ],
  edit: [6, (world) => withTab(world, (tab) => edit(world, tab, target(world, tab, 'own')))],
  editBadly: [
    0.4,
    (world) =>
      withTab(world, (tab) =>
        edit(world, tab, target(world, tab, 'own'), world.chance.pick(['too-long', 'bad-text'] as const)),
      ),
  ],
  editDeleted: [0.5, (world) => withTab(world, (tab) => edit(world, tab, target(world, tab, 'own', 'any')))],
  editOthers: [0.7, (world) => withTab(world, (tab) => edit(world, tab, target(world, tab, 'others')))],
  editNothing: [0.2, (world) => withTab(world, (tab) => edit(world, tab, world.ledger.inventedId(tab.doc.clientID)))],
  delete: [3.5, (world) => withTab(world, (tab) => remove(world, tab, target(world, tab, 'own')))],
  deleteOthers: [1.5, (world) => withTab(world, (tab) => remove(world, tab, target(world, tab, 'others', 'any')))],
  show: [
    6,
    (world) =>
      withTab(world, (tab) => {
        const { messages } = tab;
        if (messages.length === 0) return undefined;
        const start = world.chance.below(messages.length);
        tab.shown(messages.slice(start, start + 1 + world.chance.below(10)).map(({ id }) => id));
        return `${tab.name} shows messages from ${start} on`;
      }),
  ],
  writeReceipt: [
    9,
    (world) => {
      const tab = pick(
        world,
        world.tabs.filter(({ isReceiptDue }) => isReceiptDue),
      );
      return tab?.writeReceipt() ? `${tab.name} writes its receipt` : undefined;
    },
  ],
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
      return said;
    },
  ],
  connect: [
    20,
    (world) => {
      const waiting = world.tabs.filter(({ link, browser }) => !link && browser.isOnline && !browser.isGone);
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
  reload: [
    1.2,
    (world) =>
      withTab(world, ({ browser }) => {
        const tab = world.chance.pick(browser.tabs);
        leaveAll(world, [tab]);
        browser.closeTab(tab);
        const next = browser.openTab();
        world.counts.reloads++;
        return `${tab.name} is reloaded as ${next.name}`;
      }),
  ],
  crash: [
    0.7,
    (world) =>
      withTab(world, ({ browser }) => {
        leaveAll(world, browser.tabs);
        const lost = world.chance.below(Math.min(4, browser.store.length + 1));
        browser.crash(lost);
        world.counts.crashes++;
        browser.openTab();
        return `${browser.name} crashes and loses ${lost} writes`;
      }),
  ],
  openTab: [
    0.6,
    (world) => {
      const browser = pick(
        world,
        world.browsers.filter(({ tabs }) => tabs.length < 3),
      );
      if (!browser) return undefined;
      world.counts.tabs++;
      return `${browser.openTab().name} is opened`;
    },
  ],
  closeTab: [
    0.5,
    (world) =>
      withTab(world, (tab) => {
        if (tab.browser.tabs.length < 2) return undefined;
        leaveAll(world, [tab]);
        tab.browser.closeTab(tab);
        return `${tab.name} is closed`;
      }),
  ],
  mergeStore: [
    0.6,
    (world) =>
      withTab(world, ({ browser }) => {
        browser.mergeStore();
        return `${browser.name} merges its store`;
      }),
  ],
  pump: [
    16,
    async (world) => {
      const server = pick(world, world.alive);
      return server && (await world.pump(server)) ? `${server.name} is served by the database` : undefined;
    },
  ],
  run: [
    10,
    async (world) => {
      const server = pick(
        world,
        world.alive.filter(({ gate }) => gate.waiting.length > 0),
      );
      const query = server && pick(world, server.gate.waiting);
      if (!query) return undefined;
      await server.gate.run(query);
      return `${server.name}: the database runs ${query.name}`;
    },
  ],
  answer: [
    10,
    (world) => {
      const server = pick(
        world,
        world.alive.filter(({ gate }) => gate.answered.length > 0),
      );
      const query = server && pick(world, server.gate.answered);
      if (!query) return undefined;
      server.gate.answer(query);
      return `${server.name}: the answer to ${query.name} arrives`;
    },
  ],
  race: [
    8,
    async (world) => {
      const appends = world.servers.flatMap(({ name, gate }) =>
        gate.waiting.filter((query) => query.name === 'append').map((query) => ({ name, gate, query })),
      );
      const first = pick(world, appends);
      const second = pick(
        world,
        appends.filter(({ gate }) => gate !== first?.gate),
      );
      if (!first || !second) return undefined;
      await first.gate.race(first.query, second.gate, second.query);
      world.counts.races++;
      return `commits of ${first.name} and ${second.name} race`;
    },
  ],
  loseQuery: [1.5, (world) => lose(world, 'query')],
  loseAnswer: [2, (world) => lose(world, 'answer')],
  crashServer: [
    0.6,
    async (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      world.counts.serverCrashes++;
      const held = [...server.gate.waiting, ...server.gate.answered].map(({ name }) => name);
      await crashServer(world, server);
      return `${server.name} crashes, under way: ${held.join(', ') || 'nothing'}`;
    },
  ],
  restartServer: [
    0.3,
    async (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      world.counts.serverRestarts++;
      await restartServer(world, server);
      return `${server.name} is shut down`;
    },
  ],
  startServer: [
    2,
    async (world) => {
      if (world.alive.length > 1) return undefined;
      return `${(await world.startServer()).name} starts`;
    },
  ],
  runGhost: [
    4,
    async (world) => {
      const ghost = pick(world, world.ghosts);
      const query = ghost?.waiting[0];
      if (!ghost || !query) return undefined;
      await ghost.run(query);
      ghost.answer(query);
      if (query.name === 'append') world.counts.commitsOfTheDead++;
      return `the database runs ${query.name} of a dead server`;
    },
  ],
  forgetGhost: [
    0.7,
    (world) => {
      const ghost = pick(world, world.ghosts);
      const query = ghost?.waiting[0];
      if (!ghost || !query) return undefined;
      ghost.abandon(query);
      return `${query.name} of a dead server never arrives`;
    },
  ],
  catchUp: [
    1.2,
    (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      world.counts.catchUps++;
      void server.rooms.catchUp();
      return `${server.name} compares heads`;
    },
  ],
  work: [1.5, (world) => runWorkers(world, 'when-due')],
  snapshot: [0.7, (world) => runWorkers(world, 'now')],
  changeMember: [1, changeMember],
  post: [
    0.8,
    (world) => {
      const server = pick(world, world.alive);
      if (!server) return undefined;
      const user = world.chance.pick(world.people);
      const token = world.ledger.newText(user);
      const fault: RefusalKind | undefined = world.chance.happens(0.15) ? 'too-long' : undefined;
      const text = fault ? withFault(token, fault) : token;
      const typed: TypedMessage = {
        is: 'message',
        user,
        id: undefined,
        text,
        atMs: world.nowMs,
        fault,
        fate: { is: 'unknown' },
      };
      world.ledger.type(typed);
      const post = { typed, key: `${world.conversation} ${token}`, pending: undefined, result: undefined };
      world.posts.push(post);
      world.ask(post, server);
      world.counts.posts++;
      return `${user} posts ${token} by HTTP to ${server.name}`;
    },
  ],
  postAgain: [
    2,
    (world) => {
      const server = pick(world, world.alive);
      const post = pick(
        world,
        world.posts.filter(({ pending, result }) => !pending && (!result || world.chance.happens(0.2))),
      );
      if (!server || !post) return undefined;
      world.ask(post, server);
      world.counts.retriedPosts++;
      return `${post.typed.user} posts ${post.key} again, to ${server.name}`;
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

function withTab(world: World, act: (tab: Tab) => string | undefined): string | undefined {
  const tab = pickTab(world);
  return tab && act(tab);
}

function deliverSome(world: World, direction: 'up' | 'down'): string | undefined {
  const waiting = linked(world).filter(({ link }) =>
    direction === 'up' ? link && link.up.length > 0 : link && link.down.length > 0 && !link.isStalled,
  );
  const tab = pick(world, waiting);
  return tab && deliver(world, tab, direction);
}

async function lose(world: World, loss: 'query' | 'answer'): Promise<string | undefined> {
  // A read that fails is repeated by the server after a pause of real time; commits are the ones that matter.
  const server = pick(
    world,
    world.alive.filter(({ gate }) => gate.waiting.some(({ name }) => name === 'append')),
  );
  const query = server?.gate.waiting.find(({ name }) => name === 'append');
  if (!server || !query) return undefined;
  await server.gate.lose(query, loss);
  server.gate.answer(query);
  world.counts[loss === 'query' ? 'lostQueries' : 'lostAnswers']++;
  return `${server.name} loses its connection with ${loss === 'query' ? 'a commit' : 'the answer to a commit'}`;
}

async function changeMember(world: World): Promise<string | undefined> {
  if (world.kind === 'direct') return undefined;
  const { chance, members, people } = world;
  const user = chance.pick(people.slice(1)) as UserId;
  const role = chance.pick<Role | null>(
    members.has(user) && members.size > 2 ? ['admin', 'member', null] : ['admin', 'member'],
  );
  if (members.get(user) === role) return undefined;
  await world.setRole(user, role);
  world.counts.membershipChanges++;
  const server = pick(world, world.alive);
  const isNoticed = server !== undefined && chance.happens(0.6);
  if (isNoticed) server.fanOut.publish('membership', { conversation: world.conversation });
  return `${user} becomes ${role ?? 'a stranger'}${isNoticed ? '' : ', and no server is told'}`;
}
