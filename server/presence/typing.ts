/**
 * "Ana is typing": checked, stamped with who it was, and handed to the fan-out. Frames that come too often, from people who are
 * no members or hide typing, or for large groups are dropped without a word. Nothing is kept of it.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Clock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { Audiences } from './audiences.ts';

/**
 * Clients say it every three seconds; sooner only after a message was sent and the next one begun. What comes more often is
 * dropped.
 */
const PAUSE_MS = 1_000;

/** A person types in one conversation and perhaps changes to another. */
const MAX_AT_ONCE = 4;

export interface TypingOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly clock: Clock;
  readonly fanOut: FanOut;
  readonly onTyped: (outcome: 'heard' | 'dropped') => void;
}

export class Typing implements Disposable {
  readonly #options: TypingOptions;
  readonly #audiences: Audiences;
  /** By connection: in which conversations it typed when; only those of the last `PAUSE_MS` count. */
  readonly #paces = new WeakMap<object, Map<string, number>>();
  readonly #unsubscribe: (() => void)[];

  constructor(options: TypingOptions) {
    this.#options = options;
    this.#audiences = new Audiences(options);
    this.#unsubscribe = [
      options.fanOut.subscribe('membership', ({ conversation }) => this.#audiences.membershipChanged(conversation)),
      options.fanOut.subscribe('settings', () => this.#audiences.settingsChanged()),
    ];
  }

  /** `connection` is what the pace is kept for. Rejects when the database is needed and cannot be asked. */
  async typed(connection: object, user: UserId, conversation: ConversationId): Promise<void> {
    const { fanOut, onTyped } = this.#options;
    if (!this.#admits(connection, conversation)) return onTyped('dropped');
    const audience = await this.#audiences.find(conversation);
    if (!audience.has(user)) return onTyped('dropped');
    onTyped('heard');
    const people = [...audience].filter((other) => other !== user);
    if (people.length > 0) fanOut.publish('typing', { conversation, user, people });
  }

  #admits(connection: object, conversation: string): boolean {
    const nowMs = this.#options.clock.now();
    const pace = this.#paces.get(connection) ?? new Map<string, number>();
    this.#paces.set(connection, pace);
    for (const [other, at] of pace) if (nowMs - at >= PAUSE_MS) pace.delete(other);
    if (pace.has(conversation) || pace.size >= MAX_AT_ONCE) return false;
    pace.set(conversation, nowMs);
    return true;
  }

  [Symbol.dispose](): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }
}
