/**
 * What people of a simulated run have typed and asked for, and what their devices have been told became of it. Against it
 * the truth in the database is checked: it knows only intentions, never the outcome.
 */

import { type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';

/** A promise of the product was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** `rejected`: below the acknowledged clock, but without effect, so the refusal itself was lost. */
export type FailureKind = RefusalKind | 'rejected';

/** `waiting`: in an outbox; `done`: acknowledged; `failed`: kept on the device as failed; `unknown`: a request without an answer. */
export type Fate =
  | { readonly is: 'waiting' | 'done' | 'unknown' }
  | { readonly is: 'failed'; readonly kind: FailureKind };

interface Wish {
  readonly user: UserId;
  /** Of the element; a post by HTTP has none until it is answered. */
  id: MessageId | undefined;
  fate: Fate;
}

export interface TypedMessage extends Wish {
  readonly is: 'message';
  readonly text: string;
  /** By the device's clock. */
  readonly atMs: number;
  readonly fault: RefusalKind | undefined;
}

export interface TypedEdit extends Wish {
  readonly is: 'edit';
  readonly text: string;
  readonly fault: RefusalKind | undefined;
  readonly target: MessageId;
}

export interface WishedDeletion extends Wish {
  readonly is: 'deletion';
  readonly target: MessageId;
}

/** What somebody's reaction to a message is to be, said on one page. */
export interface WishedReaction {
  readonly user: UserId;
  readonly id: MessageId;
  readonly writer: number;
  readonly reaction: Reaction;
}

export type Typed = TypedMessage | TypedEdit;

export class Ledger {
  /** By their whole text, which is unique, or empty. */
  readonly #texts = new Map<string, Typed>();
  readonly #deletions: WishedDeletion[] = [];
  readonly #byId = new Map<MessageId, Typed | WishedDeletion>();
  readonly #writers = new Map<number, UserId>();
  /** People who were removed at least once: their devices may have failed texts that are fine. */
  readonly removed = new Set<UserId>();
  /** By the key of the reaction: what was wished last under each writer. Whatever of these is newest to Yjs is to stand. */
  readonly #reactions = new Map<string, Map<number, WishedReaction>>();
  /** Who wished what the element of this id asks for. */
  readonly #wishers = new Map<MessageId, UserId>();
  /** Waited on a device when its copy of the document was dropped: it may have failed without another reason. */
  readonly #excused = new Set<MessageId>();
  #texted = 0;

  get typed(): readonly Typed[] {
    return [...this.#texts.values()];
  }

  get deletions(): readonly WishedDeletion[] {
    return this.#deletions;
  }

  /** Text that occurs once in the world, and can be searched for in bytes: `<user number>`. */
  newText(user: UserId): string {
    this.#texted++;
    return `<${user} ${this.#texted}>`;
  }

  /** The part of a text that a search in bytes looks for. */
  static token(text: string): string {
    return text.slice(0, text.indexOf('>') + 1);
  }

  type(typed: Typed): void {
    this.#texts.set(Ledger.token(typed.text), typed);
    if (typed.id) this.#byId.set(typed.id, typed);
  }

  wishDeletion(deletion: WishedDeletion): void {
    this.#deletions.push(deletion);
    if (deletion.id) this.#byId.set(deletion.id, deletion);
  }

  get reactions(): ReadonlyMap<string, ReadonlyMap<number, WishedReaction>> {
    return this.#reactions;
  }

  react(wish: WishedReaction): void {
    const key = reactionKey(wish.user, wish.reaction.on);
    this.#wishers.set(wish.id, wish.user);
    const known = this.#reactions.get(key);
    if (known) known.set(wish.writer, wish);
    else this.#reactions.set(key, new Map([[wish.writer, wish]]));
  }

  /** Whose wish the element is. */
  wisherOf(id: MessageId): UserId | undefined {
    return this.#byId.get(id)?.user ?? this.#wishers.get(id);
  }

  excuse(id: MessageId): void {
    this.#excused.add(id);
  }

  isExcused(id: MessageId | undefined): boolean {
    return id !== undefined && this.#excused.has(id);
  }

  find(text: string): Typed | undefined {
    const typed = this.#texts.get(Ledger.token(text));
    return typed?.text === text ? typed : undefined;
  }

  byId(id: MessageId): Typed | WishedDeletion | undefined {
    return this.#byId.get(id);
  }

  bind(writer: number, user: UserId): void {
    this.#writers.set(writer, user);
  }

  userOf(writer: number): UserId | undefined {
    return this.#writers.get(writer);
  }

  done(id: MessageId): void {
    const wish = this.#byId.get(id);
    if (wish) wish.fate = { is: 'done' };
  }

  failed(id: MessageId, kind: FailureKind): void {
    const wish = this.#byId.get(id);
    if (wish) wish.fate = { is: 'failed', kind };
  }

  /** An id no message has. */
  inventedId(writer: number): MessageId {
    return messageId(writer, 1_000_000_000);
  }
}
