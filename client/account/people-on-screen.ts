/**
 * Presence of the people on screen: asks the server for those whom some part of the screen shows, a moment after that has
 * changed, and keeps what it tells. Without a connection nothing is known: nobody seems online who may have left.
 */
import type { UserId } from '../../schema/ids.ts';
import { MAX_WATCHED } from '../../schema/limits.ts';
import type { ClientControl, ServerControl } from '../../schema/wire/control.ts';
import type { Clock } from '../connection/clock.ts';
import type { Presence } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';

/** While somebody scrolls lines come and go; the server answers twice a second at most. */
const SETTLED_MS = 250;

export interface PeopleOnScreenOptions {
  readonly clock: Clock;
  readonly send: (message: ClientControl) => void;
}

export class PeopleOnScreen implements Disposable {
  readonly presence = new Source<ReadonlyMap<UserId, Presence>>(new Map());
  readonly #options: PeopleOnScreenOptions;
  /** In how many places somebody is shown; who was shown last is last. */
  readonly #shown = new Map<UserId, number>();
  /** What the server was asked for on the present connection; undefined without one. */
  #asked: ReadonlySet<UserId> | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: PeopleOnScreenOptions) {
    this.#options = options;
  }

  watch(people: readonly UserId[]): () => void {
    for (const user of people) {
      const count = this.#shown.get(user) ?? 0;
      this.#shown.delete(user);
      this.#shown.set(user, count + 1);
    }
    this.#askSoon();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      for (const user of people) {
        const count = this.#shown.get(user) ?? 0;
        if (count > 1) this.#shown.set(user, count - 1);
        else this.#shown.delete(user);
      }
      this.#askSoon();
    };
  }

  /** A new connection watches nobody; a lost one tells nothing. */
  linked(state: 'open' | 'lost'): void {
    if (state === 'lost') {
      this.#asked = undefined;
      if (this.presence.get().size > 0) this.presence.set(new Map());
    } else if (!this.#asked) {
      this.#asked = new Set();
      this.#ask();
    }
  }

  heard({ users }: ServerControl & { t: 'presence' }): void {
    const next = new Map(this.presence.get());
    for (const { id, online, lastSeen } of users) {
      const user = id as UserId;
      // Another tab on the same connection may watch others.
      if (this.#asked?.has(user) && (online || lastSeen > 0)) next.set(user, { online, lastSeen });
      else next.delete(user);
    }
    this.presence.set(next);
  }

  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#asked = undefined;
  }

  #askSoon(): void {
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(SETTLED_MS, () => this.#ask());
  }

  #ask(): void {
    if (!this.#asked) return;
    const wanted = new Set([...this.#shown.keys()].slice(-MAX_WATCHED));
    if (isSame(wanted, this.#asked)) return;
    this.#asked = wanted;
    const known = [...this.presence.get()];
    const kept = known.filter(([user]) => wanted.has(user));
    if (kept.length < known.length) this.presence.set(new Map(kept));
    this.#options.send({ t: 'watch', users: [...wanted] });
  }
}

const isSame = (a: ReadonlySet<UserId>, b: ReadonlySet<UserId>): boolean =>
  a.size === b.size && [...a].every((user) => b.has(user));
