/**
 * Who hears it when somebody types in a conversation: its members, without those who hide typing; nobody in large groups. Kept
 * for a while, so that typing costs no query: a notice of what changed makes it forget, and time heals a lost one. One
 * statement looks up all that were asked for since the last.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { MAX_TYPING_MEMBERS } from '../../schema/limits.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';

type People = ReadonlySet<UserId>;

/** 10,000 conversations in which somebody types, of at most 20 people: some 10 MB. */
const MAX_KEPT = 10_000;

/** As long as servers may take to hear of anything when a notice was lost. */
const KEPT_MS = 15_000;

const NOBODY: People = new Set();

interface Waiting {
  readonly conversation: ConversationId;
  resolve(people: People): void;
  reject(error: unknown): void;
}

export class Audiences {
  readonly #pool: Pick<Pool, 'query'>;
  readonly #clock: Clock;
  /** The longest kept first. */
  readonly #kept = new Map<ConversationId, { readonly at: number; readonly people: Promise<People> }>();
  #waiting: Waiting[] = [];
  #isAsking = false;

  constructor({ pool, clock }: { pool: Pick<Pool, 'query'>; clock: Clock }) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** Rejects when the database cannot be asked. */
  find(conversation: ConversationId): Promise<People> {
    const nowMs = this.#clock.now();
    const kept = this.#kept.get(conversation);
    if (kept && nowMs - kept.at < KEPT_MS) return kept.people;
    const people = new Promise<People>((resolve, reject) => this.#waiting.push({ conversation, resolve, reject }));
    this.#kept.delete(conversation);
    this.#kept.set(conversation, { at: nowMs, people });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
    void this.#ask();
    return people;
  }

  membershipChanged(conversation: ConversationId): void {
    this.#kept.delete(conversation);
  }

  /** Settings change rarely; which conversations it concerns is not known here. */
  settingsChanged(): void {
    this.#kept.clear();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      try {
        const found = await findAudiences(
          this.#pool,
          waiting.map(({ conversation }) => conversation),
        );
        for (const { conversation, resolve } of waiting) resolve(found.get(conversation) ?? NOBODY);
      } catch (error) {
        for (const { conversation, reject } of waiting) {
          this.#kept.delete(conversation);
          reject(error);
        }
      }
    }
    this.#isAsking = false;
  }
}

async function findAudiences(
  pool: Pick<Pool, 'query'>,
  conversations: readonly ConversationId[],
): Promise<ReadonlyMap<ConversationId, People>> {
  const { rows } = await pool.query<{ conversation: ConversationId; people: UserId[] | null }>({
    name: 'audiences',
    text: `select members.conversation, array_agg(members."user") filter (where settings.typing is not false) as people
           from members left join user_settings settings using ("user")
           where members.conversation = any($1) group by members.conversation having count(*) <= $2`,
    values: [conversations, MAX_TYPING_MEMBERS],
  });
  return new Map(rows.map(({ conversation, people }) => [conversation, new Set(people)]));
}
