/**
 * The deliverer tells webhooks what happened: it turns the outbox into deliveries and gives each webhook that has some its turn, many
 * webhooks at once and one turn of each at a time. Any number of servers may run one. What fails is tried again for three days; a
 * webhook that takes nothing for longer is disabled. Slow and failing receivers have places of their own, so that they keep nobody waiting.
 */

import type { ConversationId } from '../../schema/ids.ts';
import { WEBHOOK_FAILED_LOG_MS, WEBHOOK_LOG_MS } from '../../schema/limits.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { insist } from '../workers/insist.ts';
import { Loop } from '../workers/loop.ts';
import { observeDeliverer } from './deliverer-metrics.ts';
import { expand } from './expand.ts';
import { createWebhookRequests, type WebhookRequests } from './requests.ts';
import { type ClaimedWebhook, claimWebhooks, type Lane, type Settled } from './round.ts';
import { settleTurn, type Turn } from './settle.ts';
import { takeTurn } from './turn.ts';

export interface DelivererOptions {
  readonly pool: Pool;
  readonly projector: { project(conversation: ConversationId): Promise<void> };
  readonly privateNetworks: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** For tests. */
  readonly timeoutMs?: number;
  readonly leaseMs?: number;
  readonly places?: number;
  readonly random?: () => number;
}

export interface Deliverer extends AsyncDisposable {
  /** Does everything that is due now; resolves when nothing is left. Rejects when Postgres fails. */
  work(): Promise<void>;
  /** Removes lines of the log whose time is over, and secrets that sign no more. */
  sweep(): Promise<void>;
  /** Goes on doing all this by itself. */
  start(): void;
}

/** How often is looked for something while there is nothing: three looks into small indexes. */
const POLL_MS = 500;
/** Turns at once, of each lane: with ten requests each, 320 sockets. */
const PLACES = 32;
/** Longer than the slowest turn: a request's 15 s, and what Postgres takes before and after. */
const LEASE_MS = 60_000;
const SWEEP_MS = 3600_000;

const LANES: readonly Lane[] = ['brisk', 'slow'];

export function createDeliverer(options: DelivererOptions): Deliverer {
  return new RunningDeliverer(options);
}

class RunningDeliverer implements Deliverer {
  readonly #options: DelivererOptions;
  readonly #requests: WebhookRequests;
  readonly #counts: ReturnType<typeof observeDeliverer>;
  readonly #turns: Readonly<Record<Lane, Set<Promise<void>>>> = { brisk: new Set(), slow: new Set() };
  readonly #loops: Loop[] = [];
  readonly #ending = new AbortController();

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#counts = observeDeliverer(options.metrics);
    this.#requests = createWebhookRequests(options);
  }

  async work(): Promise<void> {
    while ((await expand(this.#options.pool)) > 0);
    for (const lane of LANES) {
      let claimed: ClaimedWebhook[];
      do {
        claimed = this.#ending.signal.aborted ? [] : await this.#claim(lane);
        await Promise.all(claimed.map((webhook) => this.#serve(webhook)));
      } while (claimed.length > 0);
    }
  }

  start(): void {
    const { pool, log } = this.#options;
    const loop = (name: string, restMs: number, step: () => Promise<boolean>): Loop => {
      const onFailure = (error: unknown) => log.warn({ err: error, name }, 'webhooks wait; trying again');
      const made = new Loop({ step, restMs, onFailure });
      this.#loops.push(made);
      return made;
    };
    const lanes = LANES.map((lane) => loop(lane, POLL_MS, () => this.#fillPlaces(lane, () => wake())));
    const wake = (): void => {
      for (const each of lanes) each.wake();
    };
    loop('outbox', POLL_MS, async () => {
      const rows = await expand(pool);
      if (rows > 0) wake();
      return rows > 0;
    });
    loop('sweep', SWEEP_MS, async () => {
      await this.sweep();
      return false;
    });
    loop('queue', this.#counts.intervalMs, async () => {
      await this.#counts.measure(pool);
      return false;
    });
  }

  /** Requests under way are given up; another server sends them again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#loops.map((loop) => loop[Symbol.asyncDispose]()));
    await Promise.all(Object.values(this.#turns).flatMap((turns) => [...turns]));
    this.#requests[Symbol.dispose]();
  }

  #claim(lane: Lane): Promise<ClaimedWebhook[]> {
    const { pool, leaseMs = LEASE_MS, places = PLACES } = this.#options;
    return claimWebhooks(pool, { lane, leaseMs, limit: places - this.#turns[lane].size });
  }

  /** Whether there may be more to do at once. */
  async #fillPlaces(lane: Lane, onPlace: () => void): Promise<boolean> {
    const { log, places = PLACES } = this.#options;
    const turns = this.#turns[lane];
    if (turns.size >= places) await Promise.race(turns);
    const claimed = await this.#claim(lane);
    for (const webhook of claimed) {
      const turn = this.#serve(webhook)
        // The claim lapses, and somebody else goes on.
        .catch((error: unknown) => log.warn({ err: error }, 'the turn of a webhook failed'))
        .finally(() => {
          turns.delete(turn);
          onPlace();
        });
      turns.add(turn);
    }
    return claimed.length > 0;
  }

  async #serve(webhook: ClaimedWebhook): Promise<void> {
    const { pool, projector, clock, log, random = Math.random } = this.#options;
    const { signal } = this.#ending;
    const options = { pool, projector, clock, random, requests: this.#requests, signal };
    const turn = await takeTurn(webhook, options);
    this.#count(turn);
    await insist(
      async () => {
        const why = await settleTurn(pool, webhook, turn);
        if (!why) return;
        this.#counts.disabled(why);
        log.info({ webhook: webhook.id, why }, 'a webhook was disabled');
      },
      { isStopped: () => signal.aborted, log },
    );
  }

  #count({ settled }: Turn): void {
    for (const each of settled) {
      const outcome = outcomeOf(each);
      if (outcome) this.#counts.ended(outcome);
      if (each.durationMs !== undefined) this.#counts.took(each.durationMs);
    }
  }

  async sweep(): Promise<void> {
    const { pool } = this.#options;
    await pool.query(
      `delete from webhook_deliveries where ended_at < now() - make_interval(secs => $1)
         and (status = 'sent' or ended_at < now() - make_interval(secs => $2))`,
      [WEBHOOK_LOG_MS / 1_000, WEBHOOK_FAILED_LOG_MS / 1_000],
    );
    await pool.query('update webhooks set former_secret = null, former_until = null where former_until < now()');
  }
}

function outcomeOf({ status, attempts }: Settled): 'sent' | 'retried' | 'failed' | 'dropped' | undefined {
  if (status !== 'waiting') return status;
  return attempts > 0 ? 'retried' : undefined;
}
