/**
 * Retention deletes for everyone what is older than its conversation keeps: rooms replace the messages by tombstones, as they do
 * for people, and erasure follows from that. Any number of servers may run it; one at a time does. It works in small parts
 * and stops after a while, so that a new rule on a large installation delays nobody; the next turn goes on.
 */
import { type ConversationId, type DocumentId, documentId, type MessageId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { retentionOf } from '../database/retention.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Projector } from './projector.ts';
import { Rest } from './rest.ts';

export interface Retention extends AsyncDisposable {
  /** One turn, after those under way; whether something is left for the next. Rejects when Postgres fails. */
  work(): Promise<'some' | 'none' | 'elsewhere'>;
}

export interface RetentionOptions {
  readonly pool: Pool;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly projector: Pick<Projector, 'project'>;
  /** Deletes messages of one document for everyone. Rejects when it must be asked again. */
  readonly expire: (document: DocumentId, messages: readonly MessageId[]) => Promise<void>;
  /** For tests. */
  readonly maxMessagesPerTurn?: number;
}

/** Retention is counted in days: a quarter of an hour late is on time. */
const LOOK_EVERY_MS = 15 * 60_000;

/** Between two turns when there is more: the eraser of snapshots, the projector and people come first. */
const GO_ON_AFTER_MS = 5_000;

/** About 10 ms of work for a room, and an entry of 20 kB. */
const MESSAGES_AT_ONCE = 200;

/** A turn takes some seconds: an installation of a million messages is through in about an hour. */
const MAX_MESSAGES_PER_TURN = 5_000;

const LOCK = 0x72_65_74;

// Commit times rise with epoch and seq, so the oldest that are left say whether anything is due. Epochs without text are skipped.
const DUE = `
  select m.conversation, m.epoch, json_agg(m.id order by m.seq, m.ordinal) as messages
  from conversations c
  cross join lateral (
    select conversation, epoch, id, seq, ordinal, committed_at from messages
    where conversation = c.id and epoch >= c.expired_epoch and deleted_at is null
    order by epoch, seq, ordinal limit ${MESSAGES_AT_ONCE}
  ) m
  where ${retentionOf('c')} > 0 and m.committed_at < now() - make_interval(days => ${retentionOf('c')})
    and ($1::text is null or c.id = $1)
  group by m.conversation, m.epoch order by m.conversation, m.epoch`;

// Up to the first epoch that has text, or entries whose rows are yet to be made.
const SKIP_EXPIRED = `
  update conversations c set expired_epoch = least(c.epoch, first.epoch) from (
    select min(epoch) as epoch from (
      select min(epoch) as epoch from messages where conversation = $1 and deleted_at is null
      union all select min(epoch) from documents where conversation = $1 and projected < head
    ) candidates
  ) first
  where c.id = $1 and c.expired_epoch < least(c.epoch, first.epoch)`;

interface Due {
  readonly conversation: ConversationId;
  readonly epoch: number;
  readonly messages: readonly MessageId[];
}

export function startRetention(options: RetentionOptions): Retention {
  return new RunningRetention(options);
}

class RunningRetention implements Retention {
  readonly #options: RetentionOptions;
  readonly #untilNextTurn = new Rest();
  readonly #expired: ReturnType<Metrics['counter']>;
  readonly #run: Promise<void>;
  #working: Promise<unknown> = Promise.resolve();
  #isStopped = false;
  #stop = (): void => {};
  readonly #stopped = new Promise<'stopped'>((resolve) => {
    this.#stop = () => resolve('stopped');
  });

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#expired = options.metrics.counter({
      name: 'tidewire_expired_messages_total',
      help: 'Messages that were deleted because their conversation keeps them no longer.',
    });
    this.#run = this.#workAgainAndAgain();
  }

  /** One after the other: two would only find each other. */
  work(): Promise<'some' | 'none' | 'elsewhere'> {
    const turn = this.#working.then(() => this.#work());
    this.#working = turn.catch(() => {});
    return turn;
  }

  async #work(): Promise<'some' | 'none' | 'elsewhere'> {
    const client = await this.#options.pool.connect();
    try {
      const { rows } = await client.query<{ is: boolean }>('select pg_try_advisory_lock($1) as is', [LOCK]);
      return rows[0]?.is ? await this.#turn() : 'elsewhere';
    } finally {
      // Closing the session frees the lock, whatever became of it.
      client.release(true);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopped = true;
    this.#stop();
    this.#untilNextTurn.end();
    await this.#run;
    await this.#working;
  }

  async #workAgainAndAgain(): Promise<void> {
    while (!this.#isStopped) {
      // What fails is tried again at the next turn: it is due all the same.
      const left = await this.work().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'retention could not go on; trying again later');
        return 'none' as const;
      });
      if (!this.#isStopped) await this.#untilNextTurn.for(left === 'some' ? GO_ON_AFTER_MS : LOOK_EVERY_MS);
    }
  }

  async #turn(): Promise<'some' | 'none'> {
    const { pool, log, maxMessagesPerTurn = MAX_MESSAGES_PER_TURN } = this.#options;
    const { rows: due } = await pool.query<Due>(DUE, [null]);
    let expired = 0;
    for (const conversation of new Set(due.map((each) => each.conversation))) {
      try {
        let former: readonly MessageId[] = [];
        while (!this.#isStopped && expired < maxMessagesPerTurn) {
          const messages = await this.#expireSome(conversation);
          if (messages.length === 0) break;
          if (messages[0] === former[0]) throw new Error(`Message ${messages[0]} does not go`);
          former = messages;
          expired += messages.length;
        }
      } catch (error) {
        // One conversation that fails delays no other.
        log.warn({ err: error, conversation }, 'retention failed in a conversation; trying again later');
      }
      if (this.#isStopped || expired >= maxMessagesPerTurn) return 'some';
    }
    return 'none';
  }

  /** Answers which messages were due. */
  async #expireSome(conversation: ConversationId): Promise<readonly MessageId[]> {
    const { pool, projector, expire } = this.#options;
    const { rows: parts } = await pool.query<Due>(DUE, [conversation]);
    const all: MessageId[] = [];
    for (const { epoch, messages } of parts) {
      // A room waits for the database as long as it takes; the end of this server does not.
      if ((await Promise.race([expire(documentId(conversation, epoch), messages), this.#stopped])) === 'stopped')
        return [];
      all.push(...messages);
    }
    this.#expired.inc(all.length);
    await projector.project(conversation);
    await pool.query(SKIP_EXPIRED, [conversation]);
    return all;
  }
}
