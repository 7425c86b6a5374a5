/** What storms have found, each as the few moves it takes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Element, isDeleted } from '../../schema/document/message.ts';
import type { ConversationId, MessageId, UserId } from '../../schema/ids.ts';
import { freshDatabase, type TestDatabase } from '../database/testing.ts';
import { Chance } from './chance.ts';
import { deliverNow } from './operations-network.ts';
import type { SimulatedServer } from './simulated-server.ts';
import type { Tab } from './tab.ts';
import { World } from './world.ts';

const ANA = 'ana' as UserId;
const BO = 'bo' as UserId;

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

/** A conversation of `ana` and `bo` on two servers that tell each other nothing. */
class Scene implements AsyncDisposable {
  readonly world: World;
  one!: SimulatedServer;
  two!: SimulatedServer;
  #browsers = 0;

  constructor(name: string) {
    this.world = new World({ pool: database.pool, conversation: name as ConversationId, chance: new Chance(1) });
  }

  async begin(): Promise<this> {
    const { world } = this;
    await world.begin();
    world.browsers.length = 0;
    for (const server of world.servers) await server.end();
    world.servers.length = 0;
    this.one = await world.startServer();
    this.two = await world.startServer();
    return this;
  }

  /** Tabs of one new browser. */
  tabs(user: UserId, count: number, { isSimple = false }: { isSimple?: boolean } = {}): Tab[] {
    const browser = this.world.newBrowser(user, `${user}/${++this.#browsers}`, { isSimple });
    this.world.browsers.push(browser);
    return Array.from({ length: count }, () => browser.openTab());
  }

  tab(user: UserId): Tab {
    return this.tabs(user, 1)[0] as Tab;
  }

  async connect(tab: Tab, server: SimulatedServer): Promise<void> {
    this.world.connect(tab, server);
    await this.exchange(tab);
  }

  /** Delivers both ways and serves the tab's server until nothing is under way. */
  async exchange(tab: Tab): Promise<void> {
    const { world } = this;
    do {
      for (const server of world.servers) await world.pump(server);
      for (; tab.heard.length > 0; ) tab.hear();
    } while (deliverNow(world, tab, 'down') + deliverNow(world, tab, 'up') > 0);
  }

  say(tab: Tab, text: string): MessageId {
    const { user } = tab;
    const atMs = this.world.nowMs;
    const id = tab.append((id) => ({ id, from: user, at: atMs, text }));
    this.world.ledger.type({ is: 'message', user, id, text, atMs, fault: undefined, fate: { is: 'waiting' } });
    return id;
  }

  edit(tab: Tab, target: MessageId, text: string): MessageId {
    const { user } = tab;
    const id = tab.append((): Element => ({ edit: target, from: user, at: this.world.nowMs, text }));
    this.world.ledger.type({ is: 'edit', user, id, text, target, fault: undefined, fate: { is: 'waiting' } });
    return id;
  }

  delete(tab: Tab, target: MessageId): MessageId {
    const { user } = tab;
    const id = tab.append((): Element => ({ del: target, from: user, at: this.world.nowMs }));
    this.world.ledger.wishDeletion({ is: 'deletion', user, id, target, fate: { is: 'waiting' } });
    return id;
  }

  text(id: MessageId): string | undefined {
    const row = this.world.truth.rows.get(id);
    return row && !isDeleted(row) ? row.text : undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.world.end();
  }
}

test('[P3] what came too early is judged again when the commit that went with it lost its race', async () => {
  await using scene = await new Scene('gap-and-race').begin();
  const { world, one, two } = scene;
  const [reading, writing] = scene.tabs(ANA, 2) as [Tab, Tab];
  const bo = scene.tab(BO);
  const boElsewhere = scene.tab(BO);
  await scene.connect(reading, one);
  await scene.connect(writing, two);
  await scene.connect(boElsewhere, two);
  await scene.connect(bo, one);
  scene.say(bo, '<bo 1>');
  await scene.exchange(bo);
  await scene.exchange(reading);
  while (writing.heard.length > 0) writing.hear();
  // Server two knows nothing of <bo 1>, which <ana 2> stands behind.
  const sound = scene.say(boElsewhere, '<bo 3>');
  const early = scene.say(writing, '<ana 2>');
  deliverNow(world, boElsewhere, 'up');
  deliverNow(world, writing, 'up');
  const { conflicts } = world.counts;
  await world.pump(two);
  expect(world.counts.conflicts).toBe(conflicts + 1);
  expect([sound, early].map((id) => scene.text(id))).toEqual(['<bo 3>', '<ana 2>']);
  expect(writing.link?.unjudgedBytes).toBe(0);
});

test('[P7] who has not been answered yet is told no update, whose deletions would come without what replaces them', async () => {
  await using scene = await new Scene('early-update').begin();
  const { world, one } = scene;
  const [ana, other] = scene.tabs(ANA, 2) as [Tab, Tab];
  await scene.connect(ana, one);
  const [id, first] = [scene.say(ana, '<ana 1>'), scene.say(ana, '<ana 3>')];
  await scene.exchange(ana);
  while (other.heard.length > 0) other.hear();
  // What the server writes next stands behind this, which the other tab does not hear of.
  scene.edit(ana, first, '<ana 4>');
  await scene.exchange(ana);
  other.heard.length = 0;
  world.connect(other, one);
  await world.pump(one);
  scene.edit(ana, id, '<ana 2>');
  deliverNow(world, ana, 'up');
  await world.pump(one);
  expect(scene.text(id)).toBe('<ana 2>');
  deliverNow(world, other, 'down');
  expect(other.messages.map((message) => message.id)).toEqual([id, first]);
  await scene.exchange(other);
  expect(other.messages).toMatchObject([{ text: '<ana 2>' }, { text: '<ana 4>' }]);
});

test('[P3] an edit of a message that only another server has heard of is not refused', async () => {
  await using scene = await new Scene('behind').begin();
  const { one, two } = scene;
  const phone = scene.tab(ANA);
  const laptop = scene.tab(ANA);
  await scene.connect(laptop, two);
  await scene.connect(phone, one);
  const id = scene.say(phone, '<ana 1>');
  await scene.exchange(phone);
  scene.edit(laptop, id, '<ana 2>');
  await scene.exchange(laptop);
  expect(laptop.home.outbox.failed.size).toBe(0);
  expect(scene.text(id)).toBe('<ana 2>');
});

test('[P4] a deletion that arrives before the backlog with its message is not refused, but waits for it', async () => {
  await using scene = await new Scene('early-deletion').begin();
  const { world, one } = scene;
  const [first, second, third] = scene.tabs(ANA, 3, { isSimple: true }) as [Tab, Tab, Tab];
  scene.say(first, '<ana 1>');
  scene.say(second, '<ana 2>');
  while (third.heard.length > 0) third.hear();
  const [unsent, sent] = third.messages.map(({ id }) => id) as [MessageId, MessageId];
  // Each tab has only what it wrote.
  const sender = first.messages[0]?.id === sent ? first : second;
  sender.heard.length = 0;
  await scene.connect(sender, one);
  expect([scene.text(unsent) !== undefined, scene.text(sent) !== undefined]).toEqual([false, true]);
  // The deletion stands behind what the server knows, and overtakes what it deletes.
  world.connect(third, one);
  await world.pump(one);
  deliverNow(world, third, 'down', 1);
  scene.delete(third, unsent);
  await scene.exchange(third);
  expect(third.home.outbox.failed.size).toBe(0);
  expect(world.truth.rows.get(unsent)).toMatchObject({ by: ANA });
});
