/**
 * Who has which conversation before their eyes: open, on screen and focused, as devices say themselves. Every server tells the
 * others in batches, each keeps what all have said, and what is not said again lapses. It only spares people a notification: it
 * is nobody's presence, is told to no client, and may be lost.
 */
import { randomUUID } from 'node:crypto';
import type { UserId } from '../../schema/ids.ts';
import { LOOKING_LAPSES_MS } from '../../schema/limits.ts';
import type { Clock } from '../clock.ts';
import type { FanOut } from '../fan-out/fan-out.ts';

interface LookingOptions {
  readonly fanOut: FanOut;
  readonly clock: Clock;
}

interface Look {
  readonly user: UserId;
  readonly conversation: string;
  /** When the device said it last. */
  readonly at: number;
}

interface Said {
  readonly conversations: readonly string[];
  readonly untilMs: number;
}

export class Looking implements Disposable {
  readonly #options: LookingOptions;
  readonly #server = randomUUID();
  /** By connection to this server. */
  readonly #here = new Map<object, Look>();
  /** People of this server of whom the others do not know the latest. */
  readonly #changed = new Set<UserId>();
  /** What servers said, by server and person; this one's, too. */
  readonly #said = new Map<string, Map<UserId, Said>>();
  readonly #unsubscribe: () => void;

  constructor(options: LookingOptions) {
    this.#options = options;
    this.#unsubscribe = options.fanOut.subscribe('looking', ({ server, people }) => this.#hear(server, people));
  }

  /** `conversation` undefined: at none. */
  look(connection: object, user: UserId, conversation: string | undefined): void {
    if (conversation === undefined) this.#here.delete(connection);
    else this.#here.set(connection, { user, conversation, at: this.#options.clock.now() });
    this.#changed.add(user);
  }

  forget(connection: object): void {
    const look = this.#here.get(connection);
    if (look) this.look(connection, look.user, undefined);
  }

  isLooking(user: UserId, conversation: string): boolean {
    const nowMs = this.#options.clock.now();
    for (const people of this.#said.values()) {
      const said = people.get(user);
      if (said && said.untilMs > nowMs && said.conversations.includes(conversation)) return true;
    }
    return false;
  }

  /** Tells all servers what changed since the last time. Devices say it again and again, so nothing else needs to. */
  announce(): void {
    const nowMs = this.#options.clock.now();
    for (const [connection, { at }] of this.#here) if (nowMs - at > LOOKING_LAPSES_MS) this.#here.delete(connection);
    if (this.#changed.size === 0) return;
    const looks = new Map([...this.#changed].map((user) => [user, new Set<string>()]));
    for (const { user, conversation } of this.#here.values()) looks.get(user)?.add(conversation);
    this.#changed.clear();
    const people = [...looks].map(([user, conversations]) => [user, [...conversations]] as const);
    this.#options.fanOut.publish('looking', { server: this.#server, people });
  }

  #hear(server: string, people: readonly (readonly [UserId, readonly string[]])[]): void {
    const nowMs = this.#options.clock.now();
    const ofServer = this.#said.get(server) ?? new Map<UserId, Said>();
    this.#said.set(server, ofServer);
    for (const [user, conversations] of people) {
      // In the order of their end.
      ofServer.delete(user);
      if (conversations.length > 0) ofServer.set(user, { conversations, untilMs: nowMs + LOOKING_LAPSES_MS });
    }
    for (const [user, { untilMs }] of ofServer) {
      if (untilMs > nowMs) break;
      ofServer.delete(user);
    }
  }

  [Symbol.dispose](): void {
    this.#unsubscribe();
  }
}
