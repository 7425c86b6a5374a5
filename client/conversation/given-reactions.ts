/**
 * The reactions in a document, by message, counted anew when one changes. What was given to other messages stays the same object, so
 * that their rows do.
 */
import type * as Y from 'yjs';
import { foldReactions, type Reaction, type ReactionCount, reactionKey } from '../../schema/document/reactions.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';

export type Given = ReadonlyMap<MessageId, readonly ReactionCount[]>;

/** Of documents without any: one and the same. */
export const NOTHING_GIVEN: Given = new Map();

export class GivenReactions {
  readonly #map: Y.Map<Reaction>;
  #given: Given = NOTHING_GIVEN;
  #isCounted = false;

  constructor(map: Y.Map<Reaction>) {
    this.#map = map;
    map.observe(() => {
      this.#isCounted = false;
    });
  }

  get(): Given {
    if (this.#isCounted) return this.#given;
    this.#isCounted = true;
    const counted = this.#map._map.size > 0 ? foldReactions(this.#map.entries()) : NOTHING_GIVEN;
    if (counted.size === 0) this.#given = NOTHING_GIVEN;
    else this.#given = new Map([...counted].map(([id, counts]) => [id, this.#same(id, counts)]));
    return this.#given;
  }

  /** What one person gives one message; undefined when this document never had anything of it, or the server took it out. */
  of(user: UserId, on: MessageId): Reaction | undefined {
    return this.#map.get(reactionKey(user, on));
  }

  /** The struct behind which the next value of the key is written. */
  last(key: string): Y.ID | undefined {
    return this.#map._map.get(key)?.lastId;
  }

  #same(id: MessageId, counts: readonly ReactionCount[]): readonly ReactionCount[] {
    const former = this.#given.get(id);
    return former && isSame(former, counts) ? former : counts;
  }
}

const isSame = (a: readonly ReactionCount[], b: readonly ReactionCount[]): boolean =>
  a.length === b.length &&
  a.every(({ emoji, users }, index) => {
    const other = b[index];
    return (
      emoji === other?.emoji && users.length === other.users.length && users.every((u, at) => u === other.users[at])
    );
  });
