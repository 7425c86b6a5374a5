/**
 * Heads and changes that were lost because a server did not reach the others: whoever is connected here and is in a conversation
 * where something was committed or changed meanwhile is told to ask for the list. Of messages, who holds the newest document needs
 * no telling, as its room catches up. People are told in waves, because each of them asks for a list.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type ConversationId, documentId, type UserId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import type { Pool } from '../database/pool.ts';
import type { Log } from '../log.ts';
import type { Connection } from './connection.ts';
import { SharedConnection } from './shared-connection.ts';

/** Everybody is told within ten seconds, and not more than they must at a time. */
const WAVES = 100;
const WAVE_MS = 100;
const LEAST_PEOPLE = 100;

/** A commit may take so long after its time was taken, and servers do not lose Redis at the same moment. */
const MARGIN_MS = 15_000;

const MISSED: ServerControl = { t: 'missed' };

// What is not projected yet was committed a moment ago.
const FIND = `
  select m."user", c.id as conversation, c.epoch, c.changed_at >= now() - $2 * interval '1 ms' as "hasChanged"
    from members m join conversations c on c.id = m.conversation
   where m."user" = any($1)
     and (c.changed_at >= now() - $2 * interval '1 ms'
       or exists (select from documents d where d.conversation = c.id and d.projected < d.head)
       or (select committed_at from messages n where n.conversation = c.id
            order by epoch desc, seq desc, ordinal desc limit 1) >= now() - $2 * interval '1 ms')`;

interface Missed {
  readonly user: UserId;
  readonly conversation: ConversationId;
  readonly epoch: number;
  /** Other than by messages: whoever holds the document does not see it there. */
  readonly hasChanged: boolean;
}

export class MissedHeads implements Disposable {
  readonly #pool: Pool;
  readonly #log: Log;
  readonly #people: ReadonlyMap<UserId, readonly Connection[]>;
  /** The longest time that somebody asked for since the present run began. */
  #askedMs = 0;
  #isRunning = false;
  #isDisposed = false;

  constructor({ pool, log, people }: { pool: Pool; log: Log; people: ReadonlyMap<UserId, readonly Connection[]> }) {
    this.#pool = pool;
    this.#log = log;
    this.#people = people;
  }

  /** Tells those who missed something in the last so many milliseconds. All servers ask for it when Redis is back. */
  tell(forMs: number): void {
    this.#askedMs = Math.max(this.#askedMs, forMs + MARGIN_MS);
    if (!this.#isRunning) void this.#run();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#askedMs > 0) {
      const sinceMs = performance.now() - this.#askedMs;
      this.#askedMs = 0;
      const users = [...this.#people.keys()];
      const size = Math.max(LEAST_PEOPLE, Math.ceil(users.length / WAVES));
      for (let at = 0; at < users.length && !this.#isDisposed; at += size) {
        if (at > 0) await sleep(WAVE_MS);
        await this.#tellSome(users.slice(at, at + size), performance.now() - sinceMs);
      }
    }
    this.#isRunning = false;
  }

  async #tellSome(users: readonly UserId[], forMs: number): Promise<void> {
    try {
      const { rows } = await this.#pool.query<Missed>({ name: 'find-missed', text: FIND, values: [users, forMs] });
      const told = new Set<Connection>();
      for (const { user, conversation, epoch, hasChanged } of rows)
        for (const connection of this.#people.get(user) ?? []) {
          if (told.has(connection) || !(connection instanceof SharedConnection)) continue;
          if (!hasChanged && connection.hasOpen(documentId(conversation, epoch))) continue;
          told.add(connection);
          connection.tell(MISSED);
        }
    } catch (error) {
      // A connection that is renewed brings the list, too.
      if (!this.#isDisposed) this.#log.warn({ err: error }, 'people could not be told of what they missed');
    }
  }
}
