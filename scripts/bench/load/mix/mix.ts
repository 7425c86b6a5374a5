/**
 * The largest number of people that do what people do while everything that somebody waits for takes at most 250 ms (p99): deliveries,
 * answers and openings. People come until it is too many, then bisection; the server stays the same all along, as do those who are there.
 * Tidewire's alone: the others here have neither lists nor search, receipts, typing or accounts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConversationId } from '../../../../schema/ids.ts';
import { inParallel } from '../../generator/fleet.ts';
import { start } from '../contender.ts';
import { type Cores, watchCores } from '../cores.ts';
import type { Lab } from '../scenarios.ts';
import { act } from './actions.ts';
import { type MixConversation, makeConversations } from './conversations.ts';
import { MixUser } from './mix-user.ts';
import { Observed } from './observed.ts';

export interface MixLevel extends Cores {
  readonly users: number;
  readonly p99Ms: number;
  readonly actionsPerSecond: number;
  readonly messagesPerSecond: number;
  readonly deliveriesP50Ms: number;
  readonly deliveriesP99Ms: number;
  readonly answersP50Ms: number;
  readonly answersP99Ms: number;
  readonly openingsP99Ms: number;
  readonly delivered: number;
  readonly expected: number;
  readonly presencePerSecond: number;
  readonly failures: ReadonlyMap<string, number>;
  readonly rssBytes: number;
}

export interface MixResult {
  readonly best: MixLevel | undefined;
  readonly failed: MixLevel | undefined;
  /** Why it is not known whether more would have done. */
  readonly endedBy: 'bisection' | 'the most people there are' | 'time';
}

/** Who comes back gets what was written meanwhile with the document, which is not counted: some in a hundred thousand. */
const LEAST_DELIVERED = 0.995;
const DRAIN_MS = 1_500;

interface Person {
  readonly user: MixUser;
  readonly leaving: AbortController;
}

export async function measureMix(lab: Lab): Promise<MixResult> {
  const { firstUsers, maxUsers, resolution, maxP99Ms, withinMs, settleMs, windowMs } = lab.config.mix;
  const startMs = performance.now();
  await using subject = await start('tidewire', lab);
  const crowd = new Crowd(lab, subject.port);
  const measure = async (users: number): Promise<MixLevel> => {
    await crowd.resize(users);
    await sleep(settleMs);
    const { observed } = crowd;
    const openMs = performance.now();
    const cores = watchCores(lab, subject);
    observed.openWindow(openMs, openMs + windowMs);
    await sleep(windowMs);
    const used = cores();
    const rssBytes = subject.rssBytes();
    await sleep(DRAIN_MS);
    const level = {
      users,
      actionsPerSecond: (observed.actions * 1_000) / windowMs,
      messagesPerSecond: (observed.messages * 1_000) / windowMs,
      deliveriesP50Ms: observed.fromDue.quantile(0.5),
      deliveriesP99Ms: observed.fromDue.quantile(0.99),
      answersP50Ms: observed.answers.quantile(0.5),
      answersP99Ms: observed.answers.quantile(0.99),
      openingsP99Ms: observed.openings.quantile(0.99),
      delivered: observed.fromDue.total,
      expected: observed.expected,
      presencePerSecond: (observed.presence * 1_000) / windowMs,
      failures: new Map(observed.failures),
      rssBytes,
      ...used,
    };
    // In a short window of few people a kind of action may not have happened.
    const p99s = [level.deliveriesP99Ms, level.answersP99Ms, level.openingsP99Ms].filter((ms) => !Number.isNaN(ms));
    const p99Ms = Math.max(0, ...p99s);
    process.stderr.write(
      `  ${users} people: p99 ${p99Ms.toFixed(0)} ms (deliveries ${level.deliveriesP99Ms.toFixed(0)}, answers ${level.answersP99Ms.toFixed(0)}, ` +
        `openings ${level.openingsP99Ms.toFixed(0)}), ${level.delivered} of ${level.expected} delivered, server ${level.serverCore.toFixed(2)}, ` +
        `generator ${level.generatorCore.toFixed(2)}, Postgres ${level.postgresCore.toFixed(2)}${[...level.failures].map(([what, count]) => `; ${count} × ${what}`).join('')}\n`,
    );
    return { ...level, p99Ms };
  };
  const passes = ({ p99Ms, delivered, expected, failures }: MixLevel): boolean =>
    p99Ms <= maxP99Ms && delivered >= expected * LEAST_DELIVERED && failures.size === 0;

  let best: MixLevel | undefined;
  let failed: MixLevel | undefined;
  let endedBy: MixResult['endedBy'] = 'bisection';
  for (let users = firstUsers; ; ) {
    const level = await measure(users);
    if (passes(level)) best = level;
    else failed = level;
    if (best?.users === maxUsers) endedBy = 'the most people there are';
    else if (performance.now() - startMs > withinMs) endedBy = 'time';
    else if (failed && failed.users - (best?.users ?? 0) > resolution)
      users = Math.round((failed.users + (best?.users ?? 0)) / 2 / resolution) * resolution;
    else if (!failed) users = Math.min(2 * users, maxUsers);
    else break;
    if (endedBy !== 'bisection') break;
  }
  await crowd.resize(0);
  return { best, failed, endedBy };
}

class Crowd {
  readonly observed = new Observed();
  readonly #lab: Lab;
  readonly #port: number;
  readonly #people: Person[] = [];
  readonly #conversations: MixConversation[][] = [];

  constructor(lab: Lab, port: number) {
    this.#lab = lab;
    this.#port = port;
  }

  /** Makes it so many: the last to come are the first to go. */
  async resize(users: number): Promise<void> {
    const { laboratory, config } = this.#lab;
    for (const { user, leaving } of this.#people.splice(users)) {
      leaving.abort();
      user.leave();
    }
    const known = this.#conversations.length;
    if (users > known) this.#conversations.push(...(await makeConversations(laboratory, { from: known, to: users })));
    const from = this.#people.length;
    const coming = Array.from({ length: Math.max(0, users - from) }, (_, n) => this.#create(from + n));
    this.#people.push(...coming);
    await inParallel(coming, config.bench.idle.concurrency, async ({ user, leaving }) => {
      await user.connect();
      void act(user, this.observed, leaving.signal);
    });
  }

  #create(index: number): Person {
    const conversations = this.#conversations[index] as MixConversation[];
    const { id } = conversations[0] as MixConversation;
    const member = this.#lab.laboratory.member({ conversation: id as ConversationId, epoch: 0, user: index });
    const user = new MixUser({
      ...{ port: this.#port, user: member.user, headers: member.headers, conversations, observed: this.observed },
      textCharacters: this.#lab.config.bench.textCharacters,
    });
    return { user, leaving: new AbortController() };
  }
}
