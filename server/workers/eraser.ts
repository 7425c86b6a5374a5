/**
 * The eraser fulfils what people asked for when they left: it goes through the epochs they wrote in and has the rooms erase it
 * there, a part at a time, and then removes what their receipts were projected to. A wish and how far it is stand in a table, so
 * any server goes on where another one died. Nobody waits for it: whoever asked is gone already.
 */
import { type ConversationId, type DocumentId, documentId, type UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import type { Log } from '../log.ts';
import type { Projector } from './projector.ts';

type What = 'receipts' | 'everything';

export interface Eraser extends AsyncDisposable {
  /** Somebody left and wants something erased. */
  poke(): void;
  /** Fulfils all wishes that no other server is at; resolves when that was tried. */
  work(): Promise<void>;
}

export interface EraserOptions {
  readonly pool: Pool;
  readonly log: Log;
  readonly projector: Pick<Projector, 'project'>;
  /** Erases a part of what somebody wrote in a document, for ever, and says what is left. Rejects when it must be asked again. */
  readonly erase: (document: DocumentId, user: UserId, what: What) => Promise<'some' | 'none'>;
  /** After this time without a sign of life another server goes on; a part takes milliseconds. For tests. */
  readonly leaseMs?: number;
}

const LEASE_MS = 15_000;

interface Wish {
  readonly conversation: ConversationId;
  readonly user: UserId;
  readonly what: What;
  readonly epoch: number;
}

const CLAIM = `
  update erasures e set claimed_at = now() from (
    select conversation, "user" from erasures
    where claimed_at is null or claimed_at < now() - make_interval(secs => $1)
    order by asked_at limit 1 for update skip locked
  ) free
  where e.conversation = free.conversation and e."user" = free."user"
  returning e.conversation, e."user", e.what, e.epoch`;

// Receipts and messages are bound to writers of their epoch; only late messages stand in a later one, and the rows know where.
const EPOCHS = `
  select epoch from writers where conversation = $1 and "user" = $2 and epoch >= $3
  union
  select epoch from messages where conversation = $1 and sender = $2 and deleted_at is null and epoch >= $3
  order by epoch`;

export function startEraser(options: EraserOptions): Eraser {
  return new RunningEraser(options);
}

class RunningEraser implements Eraser {
  readonly #options: EraserOptions;
  readonly #leaseMs: number;
  readonly #timer: NodeJS.Timeout;
  #working: Promise<void> = Promise.resolve();
  #isStopped = false;
  #stop = (): void => {};
  readonly #stopped = new Promise<'stopped'>((resolve) => {
    this.#stop = () => resolve('stopped');
  });

  constructor(options: EraserOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
    // What a server that died has left behind, and what failed here.
    this.#timer = setInterval(() => this.poke(), this.#leaseMs).unref();
    this.poke();
  }

  poke(): void {
    void this.work();
  }

  work(): Promise<void> {
    this.#working = this.#working.then(() => this.#fulfilAll());
    return this.#working;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#stop();
    clearInterval(this.#timer);
    await this.#working;
  }

  /** Never throws: a wish that fails is taken up again after the lease. */
  async #fulfilAll(): Promise<void> {
    const { pool, log } = this.#options;
    try {
      while (!this.#isStopped) {
        const { rows } = await pool.query<Wish>({ name: 'claim-erasure', text: CLAIM, values: [this.#leaseMs / 1000] });
        const [wish] = rows;
        if (!wish) return;
        await this.#fulfil(wish).catch((error: unknown) =>
          log.warn({ err: error, conversation: wish.conversation }, 'an erasure failed; trying again soon'),
        );
      }
    } catch (error) {
      log.warn({ err: error }, 'erasures wait for Postgres');
    }
  }

  async #fulfil(wish: Wish): Promise<void> {
    const { pool, projector, erase } = this.#options;
    const { conversation, user, what } = wish;
    await projector.project(conversation);
    const { rows } = await pool.query<{ epoch: number }>(EPOCHS, [conversation, user, wish.epoch]);
    for (const { epoch } of rows) {
      let left: 'some' | 'none' | 'stopped';
      do {
        if (this.#isStopped || !(await this.#holds(wish, epoch))) return;
        // A room waits for the database as long as it takes; the end of this server does not.
        left = await Promise.race([erase(documentId(conversation, epoch), user, what), this.#stopped]);
      } while (left === 'some');
      if (left === 'stopped') return;
    }
    // Entries with receipts that are projected later would bring the rows back.
    await projector.project(conversation);
    await inTransaction(pool, async (client) => {
      for (const table of ['read_receipts', 'read_clocks'])
        await client.query(`delete from ${table} where conversation = $1 and "user" = $2`, [conversation, user]);
      // Unless more was wished for meanwhile.
      await client.query('delete from erasures where conversation = $1 and "user" = $2 and what = $3', [
        conversation,
        user,
        what,
      ]);
    });
  }

  /** Says that this server is at it; false when there is no such wish any more. */
  async #holds({ conversation, user, what }: Wish, epoch: number): Promise<boolean> {
    const { rowCount } = await this.#options.pool.query(
      'update erasures set claimed_at = now(), epoch = $4 where conversation = $1 and "user" = $2 and what = $3',
      [conversation, user, what, epoch],
    );
    return rowCount === 1;
  }
}
