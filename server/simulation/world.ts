/**
 * Everything there is in a simulated run: people, their devices, servers, one conversation in the database, and the clock.
 * It offers the elementary moves; which of them happen, and when, is decided elsewhere.
 */
import type { Role } from '../../schema/http/conversations.ts';
import { type ConversationId, type DocumentId, documentId, type UserId } from '../../schema/ids.ts';
import { PAYLOAD, SYNC } from '../../schema/wire/frame.ts';
import type { Pool } from '../database/pool.ts';
import { createHub, type Hub } from '../fan-out/in-memory.ts';
import type { PostResult } from '../room/posts.ts';
import { Browser } from './browser.ts';
import type { Chance } from './chance.ts';
import { type Counts, noCounts } from './counts.ts';
import type { Gate, HeldQuery } from './gate.ts';
import { Ledger, type TypedMessage, Violation } from './ledger.ts';
import { Link } from './link.ts';
import { createConversation, PEOPLE, SKEWS_MS } from './people.ts';
import { requireDurable } from './require-durable.ts';
import { SimulatedServer } from './simulated-server.ts';
import type { Tab } from './tab.ts';
import { Truth } from './truth.ts';

export interface Post {
  readonly typed: TypedMessage;
  readonly key: string;
  /** The server that was asked last, while its answer is out. */
  pending: SimulatedServer | undefined;
  result: PostResult | undefined;
}

export interface WorldOptions {
  readonly pool: Pool;
  readonly conversation: ConversationId;
  readonly chance: Chance;
}

/** 2026-01-01. */
const START_MS = 1_767_225_600_000;
/** Promises and immediates that one thing the product does may cause in a row, with a margin of two. */
const TURNS = 6;

export class World {
  readonly pool: Pool;
  readonly conversation: ConversationId;
  readonly document: DocumentId;
  readonly chance: Chance;
  readonly ledger = new Ledger();
  readonly counts: Counts = noCounts();
  readonly kind: 'direct' | 'group';
  readonly people: readonly UserId[];
  /** As in the database. */
  readonly members = new Map<UserId, Role>();
  readonly browsers: Browser[] = [];
  readonly servers: SimulatedServer[] = [];
  readonly posts: Post[] = [];
  /** Channels that their clients have given up and their servers still serve. */
  readonly halfOpen: { link: Link; server: SimulatedServer }[] = [];
  readonly truth: Truth;
  /** Entries that one server has committed, on their way to another. */
  readonly arriving: (() => void)[] = [];
  readonly hub: Hub = createHub({ bring: (arrive) => this.arriving.push(arrive) });
  nowMs = START_MS;
  /** How often a server has made itself a copy of the document. */
  loads = 0;
  #violation: Violation | undefined;
  #started = 0;
  #linked = 0;

  constructor({ pool, conversation, chance }: WorldOptions) {
    this.pool = pool;
    this.conversation = conversation;
    this.document = documentId(conversation, 0);
    this.chance = chance;
    this.people = PEOPLE.slice(0, 2 + chance.below(3));
    this.kind = this.people.length === 2 && chance.happens(0.4) ? 'direct' : 'group';
    const { document, kind, ledger, counts, members } = this;
    this.truth = new Truth({ pool, document, kind, ledger, counts, members, now: () => this.nowMs });
  }

  async begin(): Promise<void> {
    const { pool, chance, people } = this;
    await createConversation(pool, this);
    for (const [index, user] of people.entries()) {
      await this.setRole(user, index === 0 ? 'owner' : chance.pick(['member', 'member', 'admin'] as const));
      for (let device = 1; device <= 1 + chance.below(2.4); device++) this.#addBrowser(user, `${user}/${device}`);
    }
    await this.startServer();
    if (chance.happens(0.8)) await this.startServer();
  }

  get tabs(): Tab[] {
    return this.browsers.flatMap(({ tabs }) => tabs);
  }

  browserOf(tab: Tab): Browser {
    const browser = this.browsers.find(({ tabs }) => tabs.includes(tab));
    if (!browser) throw new Error(`${tab.name} was closed`);
    return browser;
  }

  get alive(): SimulatedServer[] {
    return this.servers.filter(({ isAlive }) => isAlive);
  }

  /** Gates of dead servers whose last queries may still reach Postgres. */
  get ghosts(): Gate[] {
    return this.servers.filter(({ isAlive, gate }) => !isAlive && gate.waiting.length > 0).map(({ gate }) => gate);
  }

  /** A person's device that nobody has used before. */
  newBrowser(user: UserId, name: string, { isSimple }: { isSimple?: boolean } = {}): Browser {
    const { chance, ledger } = this;
    return new Browser({
      name,
      user,
      ledger,
      skewMs: chance.pick(SKEWS_MS),
      isSimple: isSimple ?? chance.happens(0.3),
      now: () => this.nowMs,
      draw: () => chance.uint32(),
    });
  }

  async startServer(): Promise<SimulatedServer> {
    const server = new SimulatedServer({
      name: `server ${++this.#started}`,
      pool: this.pool,
      hub: this.hub,
      document: this.document,
      now: () => this.nowMs,
      onRun: (query) => this.#ran(query),
      onViolation: (violation) => this.#note(violation),
    });
    server.fanOut.subscribe('head', ({ seq }) => {
      if (seq > this.truth.head)
        this.#note(new Violation(`[P1] entry ${seq} was announced; the last is ${this.truth.head}`));
    });
    this.servers.push(server);
    return server;
  }

  /** Lets everything happen that follows by itself, up to the next query or message; then looks for violations. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (this.#violation) throw this.#violation;
  }

  connect(tab: Tab, server: SimulatedServer): void {
    const link = new Link({
      name: `${tab.name}#${++this.#linked}`,
      user: tab.user,
      onSent: (from, payload) => this.#sent(from, payload),
    });
    tab.link = link;
    void server.open(link);
  }

  /** The client leaves its channel; its server need not notice. */
  disconnect(tab: Tab): void {
    const { link } = tab;
    const server = link && this.serverOf(link);
    tab.disconnect();
    if (link && server) this.halfOpen.push({ link, server });
  }

  serverOf(link: Link): SimulatedServer | undefined {
    return this.servers.find(({ links }) => links.has(link));
  }

  /** The server of an ended or cut channel has noticed. */
  forget(link: Link): void {
    link.leave();
    this.serverOf(link)?.links.delete(link);
    const index = this.halfOpen.findIndex((each) => each.link === link);
    if (index >= 0) this.halfOpen.splice(index, 1);
  }

  /** Runs and answers whatever the server asks of the database until it asks no more. */
  async pump(server: SimulatedServer): Promise<boolean> {
    await this.settle();
    let didWork = false;
    for (let rounds = 0; !server.gate.isQuiet; rounds++) {
      if (rounds > 500)
        throw new Violation(`${server.name} asks the database again and again: ${server.gate.waiting[0]?.name}`);
      didWork = true;
      for (const query of server.gate.waiting) await server.gate.run(query);
      for (const query of server.gate.answered) server.gate.answer(query);
      await this.settle();
    }
    return didWork;
  }

  /** Null: removed. As HTTP does it, without the notice. */
  async setRole(user: UserId, role: Role | null): Promise<void> {
    const { pool, conversation, members } = this;
    if (role === null) {
      await pool.query('delete from members where conversation = $1 and "user" = $2', [conversation, user]);
      members.delete(user);
      this.ledger.removed.add(user);
      return;
    }
    await pool.query(
      `insert into members (conversation, "user", role) values ($1, $2, $3)
       on conflict (conversation, "user") do update set role = excluded.role`,
      [conversation, user, role],
    );
    members.set(user, role);
    for (const browser of this.browsers) if (browser.user === user) browser.isGone = false;
  }

  /** Asks a server to write for a person without a client; the same post again, when there was no answer. */
  ask(post: Post, server: SimulatedServer): void {
    const { typed, key } = post;
    post.pending = server;
    const answer = (result: PostResult | undefined): void => {
      if (post.pending !== server) return;
      post.pending = undefined;
      post.result = result;
    };
    const { conversation } = this;
    server.rooms
      .post({ conversation, user: typed.user, text: typed.text, idempotencyKey: key })
      .then(answer, () => answer(undefined));
  }

  async end(): Promise<void> {
    for (const tab of this.tabs) tab.doc.destroy();
    for (const server of this.servers) await server.end();
  }

  #addBrowser(user: UserId, name: string): void {
    const browser = this.newBrowser(user, name);
    this.browsers.push(browser);
    for (let tabs = this.chance.pick([1, 2, 2]); tabs > 0; tabs--) browser.openTab();
  }

  async #ran({ name, outcome }: HeldQuery): Promise<void> {
    if (name === 'load-document') this.loads++;
    if (!name.startsWith('append')) return;
    await this.truth.refresh();
    if (outcome?.is !== 'result') return;
    if ((outcome.value as { rows: unknown[] }).rows.length === 0) this.counts.conflicts++;
  }

  #sent(link: Link, payload: Uint8Array): void {
    if (payload[0] === PAYLOAD.refusal) this.counts.refusals++;
    if (payload[0] === PAYLOAD.sync && payload[1] === SYNC.step1 && link.asked++ > 0) this.counts.gaps++;
    try {
      requireDurable(link, payload, this);
    } catch (error) {
      this.#note(error as Violation);
    }
  }

  /** Thrown later: whatever calls this is the product's code, which might swallow it. */
  #note(violation: Violation): void {
    this.#violation ??= violation;
  }
}
