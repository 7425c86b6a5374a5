/**
 * The notifier tells devices what was committed while nobody looked: it turns the outbox into deliveries, and sends those of each
 * transport in chunks, one after the other, so that a server that is killed repeats one chunk at most. Any number of servers
 * may run one. What fails is tried again, later and later, as long as it is still news.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { insist } from '../workers/insist.ts';
import { Loop } from '../workers/loop.ts';
import {
  type Claim,
  claimChunk,
  type Delivery,
  type Lane,
  LEASE_MS,
  readChunk,
  renewClaim,
  settleChunk,
} from './chunk.ts';
import { expand } from './expand.ts';
import { observeNotifier } from './notifier-metrics.ts';
import { payloadOf } from './payload.ts';
import { whyNot } from './reasons.ts';
import { KEPT_SECONDS, type Outcome, type PushTransport, topicOf } from './transport.ts';

export interface NotifierOptions {
  readonly pool: Pool;
  readonly projector: { projectEach(conversations: readonly ConversationId[]): Promise<void> };
  readonly transports: Readonly<Record<Lane, PushTransport>>;
  /** Whether a device of this person shows the conversation at this moment, and somebody sits before it. */
  readonly isLooking: (user: UserId, conversation: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** For tests. */
  readonly waitMs?: number;
  readonly leaseMs?: number;
  readonly random?: () => number;
}

export interface Notifier extends AsyncDisposable {
  /** Does everything that is due now; resolves when nothing is left. Rejects when Postgres fails. */
  work(): Promise<void>;
  /** Goes on doing so by itself. */
  start(): void;
}

/** Long enough for a person who has the app open to read it, too short to be waited for. */
const WAIT_MS = 2_000;
/** How often the outbox is looked at while there is nothing: two looks into small indexes. */
const POLL_MS = 500;
/** First wait after a failure; doubled each time, and of that a random part, so that servers do not come back together. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 5 * 60_000;
/** Who has not been told until then finds it when the app opens. */
const NEWS_MS = 6 * 3600_000;
const SWEEP_MS = 3600_000;

const LANES: readonly Lane[] = ['fcm', 'webpush'];

export function createNotifier(options: NotifierOptions): Notifier {
  return new RunningNotifier(options);
}

class RunningNotifier implements Notifier {
  readonly #options: NotifierOptions;
  readonly #counts: ReturnType<typeof observeNotifier>;
  readonly #loops: Loop[] = [];
  #isStopped = false;

  constructor(options: NotifierOptions) {
    this.#options = options;
    this.#counts = observeNotifier(options.metrics);
  }

  async work(): Promise<void> {
    while ((await this.#expand()) > 0);
    for (const lane of LANES) while (await this.#sendChunk(lane));
  }

  start(): void {
    const { log } = this.#options;
    const loop = (name: string, restMs: number, step: () => Promise<boolean>) =>
      this.#loops.push(
        new Loop({ step, restMs, onFailure: (error) => log.warn({ err: error, name }, 'push waits; trying again') }),
      );
    loop('outbox', POLL_MS, async () => (await this.#expand()) > 0);
    for (const lane of LANES) loop(lane, POLL_MS, () => this.#sendChunk(lane));
    loop('sweep', SWEEP_MS, () => this.#sweep());
    loop('queue', this.#counts.intervalMs, async () => {
      await this.#counts.measure(this.#options.pool);
      return false;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#loops.map((loop) => loop[Symbol.asyncDispose]()));
    for (const transport of new Set(Object.values(this.#options.transports))) await transport[Symbol.asyncDispose]();
  }

  #expand(): Promise<number> {
    const { pool, projector, waitMs = WAIT_MS } = this.#options;
    return expand({ pool, projector, waitMs });
  }

  /** False when nothing was due. */
  async #sendChunk(lane: Lane): Promise<boolean> {
    const { pool, projector, log, leaseMs = LEASE_MS } = this.#options;
    const claim = await claimChunk(pool, lane, leaseMs);
    if (!claim) return false;
    const renewal = setInterval(() => {
      // Lapsed, another server may send the chunk once more; that is all.
      renewClaim(pool, claim, leaseMs).catch((error: unknown) => log.warn({ err: error }, 'a claim was not renewed'));
    }, leaseMs / 3);
    try {
      // What was read or deleted up to now counts.
      await projector.projectEach([...new Set(claim.deliveries.map(({ conversation }) => conversation))]);
      await this.#send(lane, claim, await readChunk(pool, claim));
    } finally {
      clearInterval(renewal);
    }
    return true;
  }

  async #send(lane: Lane, claim: Claim, deliveries: readonly Delivery[]): Promise<void> {
    const { transports, clock, isLooking } = this.#options;
    const nowMs = clock.now();
    const wanted: Delivery[] = [];
    const done: number[] = [];
    for (const delivery of deliveries) {
      const why = delivery.message && whyNot(delivery, { nowMs, isLooking });
      if (why) {
        this.#counts.dropped(why);
        done.push(delivery.id);
      } else wanted.push(delivery);
    }
    const outcomes = await transports[lane].send(
      wanted.map((delivery) => {
        const { token, platform, conversation, message, hasOthers } = delivery;
        // A withdrawal of some must not push out of the queue what is still to be shown.
        const topic = message || !hasOthers ? topicOf(conversation) : undefined;
        return { token, platform, payload: payloadOf(delivery), topic };
      }),
    );
    const results = wanted.map((delivery, index) => ({ delivery, outcome: outcomes[index] as Outcome }));
    await this.#settle(claim, results, done);
  }

  async #settle(
    claim: Claim,
    results: readonly { delivery: Delivery; outcome: Outcome }[],
    dropped: readonly number[],
  ): Promise<void> {
    const { pool, log, clock } = this.#options;
    const sent: number[] = [];
    const done = [...dropped];
    const again: { id: number; inMs: number }[] = [];
    const gone: { target: string; token: string }[] = [];
    const failures = new Map<string, number>();
    for (const { delivery, outcome } of results) {
      const { id, target, token, message } = delivery;
      if (outcome.is === 'failed' || outcome.is === 'busy')
        failures.set(outcome.why, (failures.get(outcome.why) ?? 0) + 1);
      if (outcome.is === 'busy' && clock.now() - delivery.createdAtMs < NEWS_MS) {
        again.push({ id, inMs: Math.max(this.#retryMs(delivery.attempts), outcome.afterMs ?? 0) });
        this.#counts.ended('retried');
        continue;
      }
      if (outcome.is === 'gone') gone.push({ target, token });
      // What was told stays, so that it can be withdrawn.
      if (outcome.is === 'sent' && message) sent.push(id);
      else done.push(id);
      this.#counts.ended(
        outcome.is === 'busy' ? 'failed' : outcome.is === 'sent' && !message ? 'withdrawn' : outcome.is,
      );
    }
    if (failures.size > 0) log.warn({ failures: Object.fromEntries(failures) }, 'some devices could not be told');
    await insist(() => settleChunk(pool, claim, { sent, done, again, gone }), {
      isStopped: () => this.#isStopped,
      log,
    });
  }

  /** Full jitter, but never at once. */
  #retryMs(attempts: number): number {
    const { random = Math.random } = this.#options;
    const mostMs = Math.min(FIRST_RETRY_MS * 2 ** attempts, LAST_RETRY_MS);
    return mostMs / 2 + (random() * mostMs) / 2;
  }

  /** Nobody shows any more what was told so long ago. */
  async #sweep(): Promise<boolean> {
    await this.#options.pool.query('delete from push_deliveries where sent_at < now() - make_interval(secs => $1)', [
      KEPT_SECONDS,
    ]);
    return false;
  }
}
