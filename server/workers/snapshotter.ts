/**
 * The snapshotter decides when entries are merged: soon when a text in them was edited or deleted, when loading a document
 * would read too many of them, when they have waited long, and when a closed epoch has fallen quiet. Any number of servers
 * may run one; what one leaves undone the next sweep of another finds.
 */
import { type ConversationId, type DocumentId, documentId, parseAccountId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { type TakenSnapshot, takeSnapshot } from '../journal/snapshots.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Projector } from './projector.ts';
import { Rest } from './rest.ts';
import { Retries, retryMs } from './retries.ts';
import { type Due, findAged, findDue, findLarge } from './snapshot-policy.ts';

export interface Snapshotter extends AsyncDisposable {
  /** The document has new entries. Costs nothing: it is only remembered. */
  poke(document: DocumentId): void;
  /** Looks at the documents poked since the last look without waiting for its time; resolves when what was due is done. */
  look(): Promise<void>;
  /**
   * Takes one now, whatever the policy says. Everything committed before the call is in it; undefined when that is nothing.
   * Throws when Postgres fails.
   */
  take(conversation: ConversationId, epoch: number): Promise<TakenSnapshot | undefined>;
}

/** Between two looks at the documents poked since: how long an erased text may stay, for the price of one cheap query. */
const LOOK_MS = 500;

/**
 * Once in so many looks, about a minute: all documents, for what a crashed server left behind, and the bytes of those poked
 * since, whose sum reads every entry.
 */
const LOOKS_PER_SWEEP = 120;

/** Once in so many looks, about ten minutes: what is old or closed, which of all documents reads two keys each. */
const LOOKS_PER_AGE_SWEEP = 10 * LOOKS_PER_SWEEP;

type Extent = 'poked' | 'all' | 'all and aged';

/** The event loop belongs to the write path: after merging for 10 ms the snapshotter leaves it alone for 40 ms. */
const REST_PER_WORK = 4;

export function startSnapshotter(options: SnapshotterOptions): Snapshotter {
  return new RunningSnapshotter(options);
}

export interface SnapshotterOptions {
  readonly pool: Pool;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly projector: Pick<Projector, 'project'>;
  /** How many snapshots of a document stay, the newest included. */
  readonly keep: number;
}

class RunningSnapshotter implements Snapshotter {
  readonly #options: SnapshotterOptions;
  /** Document → when it was poked first since the last look. */
  #poked = new Map<DocumentId, number>();
  readonly #pokedSinceSweep = new Set<DocumentId>();
  readonly #retries = new Retries((document) => this.poke(document));
  readonly #untilNextLook = new Rest();
  readonly #afterWork = new Rest();
  readonly #taken: ReturnType<typeof takenCounter>;
  readonly #erasure: ReturnType<Metrics['histogram']>;
  readonly #run: Promise<void>;
  #looking: Promise<unknown> = Promise.resolve();
  #outages = 0;
  #isStopped = false;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
    this.#taken = takenCounter(options.metrics);
    this.#erasure = options.metrics.histogram({
      name: 'tidewire_erasure_seconds',
      help: 'From the poke after an edit or deletion to the commit that removes the former text from the journal.',
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 30],
    });
    const queue: ReturnType<Metrics['gauge']> = options.metrics.gauge({
      name: 'tidewire_snapshot_queue_documents',
      help: 'Documents with new entries that were not looked at yet.',
      collect: () => queue.set(this.#poked.size + this.#retries.size),
    });
    this.#run = this.#lookAgainAndAgain();
  }

  poke(document: DocumentId): void {
    if (this.#retries.isResting(document)) return;
    this.#pokedSinceSweep.add(document);
    // Drafts are overwritten all the time: they wait for the sweep.
    if (parseAccountId(document)) return;
    if (!this.#poked.has(document)) this.#poked.set(document, this.#options.clock.now());
  }

  look(): Promise<void> {
    return this.#queueLook('poked');
  }

  async take(conversation: ConversationId, epoch: number): Promise<TakenSnapshot | undefined> {
    const { pool, projector, keep } = this.#options;
    await projector.project(conversation);
    return takeSnapshot(pool, documentId(conversation, epoch), { keep });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#retries.stop();
    this.#untilNextLook.end();
    this.#afterWork.end();
    await this.#run;
    await this.#looking;
  }

  async #lookAgainAndAgain(): Promise<void> {
    for (let looks = 0; !this.#isStopped; looks++) {
      await this.#queueLook(extentOf(looks));
      if (!this.#isStopped) await this.#untilNextLook.for(this.#outages > 0 ? retryMs(this.#outages) : LOOK_MS);
    }
  }

  /** One look after the other: two would take the same snapshots. */
  #queueLook(extent: Extent): Promise<void> {
    const look = this.#looking.then(() => this.#look(extent));
    this.#looking = look;
    return look;
  }

  /** Never throws. */
  async #look(extent: Extent): Promise<void> {
    if (extent === 'poked' && this.#poked.size === 0) return;
    const poked = this.#poked;
    this.#poked = new Map();
    try {
      for (const due of await this.#findDue(extent, [...poked.keys()])) {
        if (this.#isStopped) return;
        if (this.#retries.isResting(due.id)) continue;
        await this.#takeDue(due, poked.get(due.id));
      }
      this.#outages = 0;
    } catch (error) {
      this.#outages++;
      this.#options.log.warn({ err: error }, 'snapshots wait for Postgres');
      for (const [document, at] of poked) this.#poked.set(document, at);
    }
  }

  async #findDue(extent: Extent, poked: readonly DocumentId[]): Promise<Due[]> {
    const { pool } = this.#options;
    if (extent === 'poked') return findDue(pool, poked);
    const due = new Map((await findDue(pool, 'all')).map((each) => [each.id, each]));
    if (extent === 'all and aged')
      for (const each of await findAged(pool)) if (!due.has(each.id)) due.set(each.id, each);
    const others = [...this.#pokedSinceSweep].filter((id) => !due.has(id));
    this.#pokedSinceSweep.clear();
    return [...due.values(), ...(await findLarge(pool, others))];
  }

  /** Never throws: a document that fails delays no other. */
  async #takeDue({ id, conversation, reason }: Due, pokedAtMs: number | undefined): Promise<void> {
    const { pool, log, clock, projector, keep } = this.#options;
    try {
      if (conversation) await projector.project(conversation);
      // Nobody looks back at an account.
      const taken = await takeSnapshot(pool, id, { keep: conversation ? keep : 1 });
      this.#retries.succeeded(id);
      this.#taken.inc({ reason });
      if (reason === 'erasure' && pokedAtMs !== undefined) this.#erasure.observe((clock.now() - pokedAtMs) / 1000);
      if (taken && !this.#isStopped) await this.#afterWork.for(taken.workMs * REST_PER_WORK);
    } catch (error) {
      const attempts = this.#retries.failed(id);
      log.error({ err: error, document: id, attempts }, 'a snapshot cannot be taken');
    }
  }
}

function extentOf(looks: number): Extent {
  if (looks % LOOKS_PER_AGE_SWEEP === 0) return 'all and aged';
  return looks % LOOKS_PER_SWEEP === 0 ? 'all' : 'poked';
}

const takenCounter = (metrics: Metrics) =>
  metrics.counter({
    name: 'tidewire_snapshots_total',
    help: 'Snapshots taken, by what made them due.',
    labelNames: ['reason'],
  });
