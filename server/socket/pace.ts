/**
 * How fast connections are read: what a device, an account and an address may send, each counted in this process for all its
 * connections together. Nothing is asked of Redis, as every message passes here: with several servers an account whose devices are
 * spread has that many times as much, and each server is still safe from it.
 */
import type { Gauge } from 'prom-client';
import { BYTES_A_POINT, type SocketRates } from '../../schema/limits.ts';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../metrics.ts';
import { Budget } from './budget.ts';

type Kind = keyof SocketRates;

/** Who pays for what a connection sends. */
export type Payer = Readonly<Record<Kind, string>>;

interface PacesOptions {
  readonly rates: SocketRates;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

/** Who comes back finds the debt they left; what is made up for by then is forgotten. */
const SWEEP_MS = 60_000;

/** What all paces share. */
interface Common {
  readonly clock: Clock;
  /** Those that are slowed now. */
  readonly slowed: Set<Pace>;
  readonly wasSlowed: (by: string, ms: number) => void;
}

export class Paces implements Disposable {
  readonly #common: Common;
  readonly #kinds: readonly {
    by: Kind;
    terms: ConstructorParameters<typeof Budget>[0];
    budgets: Map<string, Budget>;
  }[];
  readonly #timer: NodeJS.Timeout;

  constructor({ rates, clock, metrics }: PacesOptions) {
    this.#kinds = (['device', 'account', 'address'] as const).map((by) => ({
      ...{ by, terms: { by, rate: rates[by], clock }, budgets: new Map() },
    }));
    this.#timer = setInterval(() => this.sweep(), SWEEP_MS);
    this.#timer.unref();
    const seconds = metrics.counter({
      name: 'tidewire_slowed_seconds_total',
      help: 'Time for which sockets were not read, by whose rate it was',
      labelNames: ['by'],
    });
    const slowed = new Set<Pace>();
    this.#common = { clock, slowed, wasSlowed: (by, ms) => seconds.inc({ by }, ms / 1_000) };
    metrics.gauge({
      name: 'tidewire_slowed_sockets',
      help: 'Sockets that are not read now because they sent more than they may',
      collect(this: Gauge) {
        this.set(slowed.size);
      },
    });
  }

  /** The pace of a connection, which disposes of it at its end. `onChange`: it is slowed from now on, or not any more. */
  of(payer: Payer, onChange: () => void): Pace {
    const budgets = this.#kinds.map(({ by, terms, budgets }) => {
      const found = budgets.get(payer[by]) ?? new Budget(terms);
      budgets.set(payer[by], found);
      return found;
    });
    return new Pace(budgets, this.#common, onChange);
  }

  /** How many budgets are kept. */
  get size(): number {
    return this.#kinds.reduce((sum, { budgets }) => sum + budgets.size, 0);
  }

  sweep(): void {
    const nowMs = this.#common.clock.now();
    for (const { budgets } of this.#kinds)
      for (const [key, budget] of budgets) if (budget.holders === 0 && budget.isWhole(nowMs)) budgets.delete(key);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** Of one connection. There are as many as connections, so it holds little. */
export class Pace implements Disposable {
  readonly #budgets: readonly Budget[];
  readonly #common: Common;
  readonly #onChange: () => void;
  #wait: { readonly by: string; readonly sinceMs: number; readonly end: () => void } | undefined;

  constructor(budgets: readonly Budget[], common: Common, onChange: () => void) {
    this.#budgets = budgets;
    this.#common = common;
    this.#onChange = onChange;
    for (const budget of budgets) budget.holders++;
    // Somebody owes: a new connection is no way around it.
    this.#pay(0);
  }

  get isSlowed(): boolean {
    return this.#wait !== undefined;
  }

  /** A message was read. */
  spend(bytes: number): void {
    if (this.#pay(1 + Math.floor(bytes / BYTES_A_POINT))) this.#onChange();
  }

  /** Whether it is slowed by this. */
  #pay(points: number): boolean {
    const nowMs = this.#common.clock.now();
    let owing: Budget | undefined;
    for (const budget of this.#budgets) if (!budget.spend(points, nowMs)) owing ??= budget;
    if (!owing || this.#wait) return false;
    this.#wait = { by: owing.by, sinceMs: nowMs, end: owing.wait(() => this.#goOn()) };
    this.#common.slowed.add(this);
    return true;
  }

  #goOn(): void {
    this.#stopWaiting();
    // Another budget may owe still.
    if (!this.#pay(0)) this.#onChange();
  }

  #stopWaiting(): void {
    if (!this.#wait) return;
    const { by, sinceMs, end } = this.#wait;
    const { clock, slowed, wasSlowed } = this.#common;
    end();
    this.#wait = undefined;
    slowed.delete(this);
    wasSlowed(by, Math.max(0, clock.now() - sinceMs));
  }

  [Symbol.dispose](): void {
    this.#stopWaiting();
    for (const budget of this.#budgets) budget.holders--;
  }
}
