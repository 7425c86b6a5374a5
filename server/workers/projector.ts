/**
 * The projector keeps `messages` and `read_receipts` up to date with the journal, after the commit and never in its way: one
 * connection, many documents a transaction, a rest after each. Cursors live in the database, so it may be killed at any
 * point, and any number of servers may run one. A document that fails is tried again later and delays no other.
 */
import { type ConversationId, type DocumentId, parseAccountId, type UserId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { isAboutData } from '../describe-failure.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { projectBatch, type Step } from './project-batch.ts';
import { rebuildDocument } from './rebuild.ts';
import { Rest } from './rest.ts';
import { Retries, retryMs } from './retries.ts';
import { Waiters } from './waiters.ts';

export interface Projector extends AsyncDisposable {
  /** The document has new entries. Costs nothing: it is only remembered. */
  poke(document: DocumentId): void;
  /**
   * Resolves when everything that was committed to the conversation before the call is projected; one query when it is
   * already. Rejects when a document cannot be projected or Postgres cannot be reached.
   */
  project(conversation: ConversationId): Promise<void>;
  /** The same for several; one that cannot be projected does not reject. */
  projectEach(conversations: readonly ConversationId[]): Promise<void>;
  /** The same for all conversations of one person. */
  projectAllOf(user: UserId): Promise<void>;
}

/** More documents make a statement long, not cheaper. */
const MAX_DOCUMENTS_PER_STEP = 200;

/** Fewer are not worth a transaction of their own. */
const MIN_DOCUMENTS_PER_STEP = 10;

/** Between two steps: four transactions a second whatever the load. `project` does not wait for it. */
const REST_MS = 250;

/**
 * A busy server takes its documents in turn, each about every two seconds: what gathers meanwhile costs one move of the cursor.
 * A step of all of them would keep a core of Postgres from the commits for 50 ms.
 */
const STEPS_PER_ROUND = 8;

/** When no document of a step advanced: about as long as another server's step, or a commit, keeps them busy. */
const BUSY_REST_MS = 20;

/** How often all documents are looked at for what a server that crashed left behind: a scan of narrow rows. */
const SWEEP_MS = 60_000;

export function startProjector(options: { pool: Pool; log: Log; metrics: Metrics; clock: Clock }): Projector {
  return new RunningProjector(options);
}

class RunningProjector implements Projector {
  readonly #pool: Pool;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #queued = new Set<DocumentId>();
  readonly #waiters = new Waiters();
  readonly #retries = new Retries((document) => this.#enqueue(document));
  readonly #rest = new Rest();
  readonly #sweeps: NodeJS.Timeout;
  readonly #lag: ReturnType<Metrics['histogram']>;
  readonly #failures: ReturnType<Metrics['counter']>;
  #run: Promise<void> | undefined;
  #outages = 0;
  #isStopped = false;

  constructor({ pool, log, metrics, clock }: { pool: Pool; log: Log; metrics: Metrics; clock: Clock }) {
    this.#pool = pool;
    this.#log = log;
    this.#clock = clock;
    this.#lag = metrics.histogram({
      name: 'tidewire_projection_lag_seconds',
      help: 'From commit to rows, of the oldest entry of a document in a step.',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
    });
    this.#failures = metrics.counter({
      name: 'tidewire_projection_failures_total',
      help: 'Failed attempts to project a document; each will be repeated.',
    });
    const queue: ReturnType<Metrics['gauge']> = metrics.gauge({
      name: 'tidewire_projection_queue_documents',
      help: 'Documents known to have entries that are not projected yet.',
      collect: () => queue.set(this.#queued.size + this.#retries.size),
    });
    this.#sweeps = setInterval(() => this.#sweep(), SWEEP_MS).unref();
    this.#sweep();
  }

  poke(document: DocumentId): void {
    // What an account document says became rows with its commit.
    if (!this.#retries.isResting(document) && !parseAccountId(document)) this.#enqueue(document);
  }

  async project(conversation: ConversationId): Promise<void> {
    const { rows } = await this.#pool.query<{ id: DocumentId; head: number }>({
      name: 'find-unprojected',
      text: 'select id, head from documents where conversation = $1 and projected < head',
      values: [conversation],
    });
    await this.#waitForAll(rows);
  }

  async projectEach(conversations: readonly ConversationId[]): Promise<void> {
    const { rows } = await this.#pool.query<{ id: DocumentId; head: number }>({
      name: 'find-unprojected-each',
      text: 'select id, head from documents where conversation = any($1) and projected < head',
      values: [conversations],
    });
    await Promise.allSettled(rows.map(({ id, head }) => this.#wait(id, head)));
  }

  async projectAllOf(user: UserId): Promise<void> {
    const { rows } = await this.#pool.query<{ id: DocumentId; head: number }>({
      name: 'find-unprojected-of',
      text: `select d.id, d.head from documents d join members m on m.conversation = d.conversation
              where m."user" = $1 and d.projected < d.head`,
      values: [user],
    });
    await this.#waitForAll(rows);
  }

  async #waitForAll(documents: readonly { id: DocumentId; head: number }[]): Promise<void> {
    await Promise.all(documents.map(({ id, head }) => this.#wait(id, head)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#sweeps);
    this.#retries.stop();
    this.#rest.end();
    await this.#run;
    for (const document of this.#waiters.documents)
      this.#waiters.failed(document, new Error('The projector has stopped'));
  }

  #wait(document: DocumentId, seq: number): Promise<void> {
    if (this.#isStopped) return Promise.reject(new Error('The projector has stopped'));
    const reached = this.#waiters.wait(document, seq);
    this.#enqueue(document);
    this.#rest.end();
    return reached;
  }

  #enqueue(document: DocumentId): void {
    if (this.#isStopped) return;
    this.#queued.add(document);
    this.#run ??= this.#drain();
  }

  /** Ends without an await after the last look at the queue, so that no document is queued unnoticed. */
  async #drain(): Promise<void> {
    let restMs = REST_MS;
    while (this.#queued.size > 0 && !this.#isStopped) {
      if (this.#waiters.isEmpty || restMs < REST_MS) await this.#rest.for(restMs);
      if (this.#isStopped) break;
      restMs = await this.#step(this.#next());
    }
    this.#run = undefined;
  }

  /** Takes documents off the queue, those that somebody waits for first. A poke from now on queues them again. */
  #next(): DocumentId[] {
    const awaited = this.#waiters.documents.filter((document) => this.#queued.has(document));
    const share = Math.max(MIN_DOCUMENTS_PER_STEP, awaited.length, Math.ceil(this.#queued.size / STEPS_PER_ROUND));
    const documents = [...new Set([...awaited, ...this.#queued])].slice(0, Math.min(share, MAX_DOCUMENTS_PER_STEP));
    for (const document of documents) this.#queued.delete(document);
    return documents;
  }

  /** Never throws; returns how long to rest. */
  async #step(documents: readonly DocumentId[]): Promise<number> {
    let steps: Map<DocumentId, Step>;
    try {
      steps = await projectBatch(this.#pool, documents);
    } catch (error) {
      if (!isAboutData(error)) return this.#pauseForOutage(documents, error);
      if (documents.length > 1) {
        // One of them is to blame: each by itself, so that it alone fails.
        for (const document of documents) await this.#step([document]);
        return REST_MS;
      }
      steps = new Map(documents.map((document) => [document, { is: 'failed', error }]));
    }
    this.#outages = 0;
    for (const [document, step] of steps) await this.#take(document, step);
    return [...steps.values()].every(({ is }) => is === 'busy') ? BUSY_REST_MS : REST_MS;
  }

  async #take(document: DocumentId, step: Step): Promise<void> {
    switch (step.is) {
      case 'advanced':
        this.#retries.succeeded(document);
        if (step.oldestCommittedAtMs)
          this.#lag.observe(Math.max(0, this.#clock.now() - step.oldestCommittedAtMs) / 1000);
        this.#waiters.reached(document, step.projected);
        if (step.projected < step.head) this.#queued.add(document);
        return;
      case 'busy':
        this.#queued.add(document);
        return;
      case 'missing':
        return this.#rebuild(document);
      case 'gone':
        this.#retries.succeeded(document);
        this.#waiters.reached(document);
        return;
      case 'failed':
        this.#fail(document, step.error);
    }
  }

  /** The cursor was put back behind the snapshot: only the whole document can be read again. */
  async #rebuild(document: DocumentId): Promise<void> {
    try {
      await rebuildDocument(this.#pool, document);
      this.#retries.succeeded(document);
      this.#waiters.reached(document);
    } catch (error) {
      this.#fail(document, error);
    }
  }

  #fail(document: DocumentId, error: unknown): void {
    const attempts = this.#retries.failed(document);
    this.#failures.inc();
    this.#log.error({ err: error, document, attempts }, 'a document cannot be projected');
    this.#waiters.failed(document, error);
  }

  #pauseForOutage(documents: readonly DocumentId[], error: unknown): number {
    this.#outages++;
    this.#log.warn({ err: error, attempts: this.#outages }, 'projection waits for Postgres');
    for (const document of documents) {
      this.#queued.add(document);
      this.#waiters.failed(document, error);
    }
    return retryMs(this.#outages);
  }

  #sweep(): void {
    this.#pool.query<{ id: DocumentId }>('select id from documents where projected < head').then(
      ({ rows }) => {
        for (const { id } of rows) this.poke(id);
      },
      (error: unknown) => {
        // The next sweep finds the same documents.
        if (!this.#isStopped) this.#log.warn({ err: error }, 'a sweep of the projector failed');
      },
    );
  }
}
