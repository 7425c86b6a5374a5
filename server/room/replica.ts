/**
 * A room's copy of what the rows say: the document, where its messages or values stand, who writes it and who may. It changes by
 * settling and by what other servers have committed; when the rows turn out to say something else it is thrown away and made
 * again. Of a closed epoch that is all snapshot only the bytes are kept until somebody submits something: most who open one
 * just read.
 */
import * as Y from 'yjs';
import type { Role } from '../../schema/http/conversations.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { SealedEntry } from '../fan-out/sealed-entry.ts';
import type { StoredDocument } from '../journal/load.ts';
import { AccountValues } from './account-values.ts';
import { GatedDocument } from './gated-document.ts';
import { MessageIndex } from './message-index.ts';
import { StoredState } from './stored-state.ts';

/** When an epoch closes. */
export interface EpochLimits {
  readonly messages: number;
  readonly bytes: number;
  readonly writers: number;
}

export interface ReplicaOptions {
  /**
   * What this server wrote as, in a former copy of the same document. What it wrote and did not commit never left it, so its
   * clocks may be used again; a new writer each time would fill the epoch.
   */
  readonly serverWriter?: number | undefined;
  /** Told the document once it is built. */
  readonly onBuilt?: (doc: GatedDocument) => void;
}

export class Replica {
  /** Undefined for an account document. */
  readonly conversation: ConversationId | undefined;
  readonly epoch: number;
  /** A later epoch is open: new messages belong there. */
  isClosed: boolean;
  readonly generation: string;
  readonly kind: StoredDocument['kind'];
  /** Counts changes of members and roles. */
  readonly membership: number;
  readonly members: ReadonlyMap<UserId, Role>;
  /** Members whose account is deactivated: not among `members`, but not gone either. */
  readonly inactive: ReadonlySet<UserId>;
  /** The keys of `members`, for notices: made once. */
  readonly memberIds: readonly UserId[];
  /** The other account of a direct conversation was deleted: nobody would read what is written. */
  readonly isReadOnly: boolean;
  /** The seq of the last entry in it. */
  head: number;
  readonly #writers: Map<number, UserId | null>;
  /** Exactly one of both is there. */
  #stored: StoredState | undefined;
  #built: Built | undefined;
  readonly #options: ReplicaOptions;

  constructor(stored: StoredDocument, options: ReplicaOptions = {}) {
    const { state, entries } = stored;
    this.#options = options;
    if (stored.isClosed && state && entries.length === 0) this.#stored = new StoredState(state);
    else this.#built = build(state ? [state, ...entries] : entries, options);
    this.conversation = stored.conversation;
    this.epoch = stored.epoch;
    this.isClosed = stored.isClosed;
    this.generation = stored.generation;
    this.kind = stored.kind;
    this.membership = stored.membership;
    this.members = stored.members;
    this.inactive = stored.inactive;
    this.memberIds = [...stored.members.keys()];
    this.isReadOnly = stored.kind === 'direct' && stored.members.size + stored.inactive.size < 2;
    this.head = stored.head;
    this.#writers = stored.writers;
  }

  get doc(): GatedDocument {
    return this.#build().doc;
  }

  /** Of a conversation's document. */
  get index(): MessageIndex {
    const built = this.#build();
    built.index ??= new MessageIndex(built.doc);
    return built.index;
  }

  /** Of an account document. */
  get values(): AccountValues {
    const built = this.#build();
    built.values ??= new AccountValues(built.doc);
    return built.values;
  }

  /** The state vector of what is durable. */
  durableVector(): Uint8Array {
    return this.#stored ? this.#stored.vector : this.doc.durableVector();
  }

  /** What a copy with this state vector lacks; without one, everything. */
  encode(vector?: Uint8Array): Uint8Array {
    if (!this.#stored) return Y.encodeStateAsUpdate(this.doc, vector);
    return vector ? this.#stored.missing(vector) : this.#stored.bytes;
  }

  /** Whether an update is known to bring nothing, without building the document to find out. */
  holds(update: Uint8Array): boolean {
    return this.#stored?.holds(update) ?? false;
  }

  /** The user a writer is bound to; null for a server, undefined for a writer that nobody has used. */
  readonly userOf = (writer: number): UserId | null | undefined =>
    this.kind === 'account' ? this.#ownerOf(writer) : this.#writers.get(writer);

  /** Nobody else writes an account document: not even the server, which only deletes there. */
  #ownerOf(writer: number): UserId | undefined {
    return this.clockOf(writer) > 0 ? this.memberIds[0] : undefined;
  }

  /** Whether the epoch has reached one of the limits. */
  isFull({ messages, bytes, writers }: EpochLimits): boolean {
    if (this.kind === 'account') return false;
    const { index, doc } = this;
    return index.messages >= messages || index.bytes >= bytes || doc.store.clients.size >= writers;
  }

  /**
   * Takes in what others have committed: the entries that follow the head, in order. Throws when one cannot be applied; the
   * replica must then be dropped.
   */
  take(entries: readonly SealedEntry[]): void {
    const built = this.#build();
    const transaction = built.doc.receive(entries.map(({ update }) => update));
    built.index?.follow(transaction);
    // Measured again when somebody writes here.
    delete built.values;
    for (const { seq, bindings, closes } of entries) {
      for (const { writer, user } of bindings) this.bind(writer, user);
      this.isClosed ||= closes;
      this.head = seq;
    }
  }

  /** See `ReplicaOptions`. */
  get serverWriter(): number | undefined {
    return this.#built?.doc.clientID ?? this.#options.serverWriter;
  }

  bind(writer: number, user: UserId | null): void {
    this.#writers.set(writer, user);
  }

  /** How many elements of this writer the document has. */
  readonly clockOf = (writer: number): number =>
    this.#stored ? this.#stored.clockOf(writer) : Y.getState(this.doc.store, writer);

  destroy(): void {
    this.#built?.doc.destroy();
  }

  #build(): Built {
    if (!this.#built) {
      this.#built = build(this.#stored ? [this.#stored.bytes] : [], this.#options);
      this.#stored = undefined;
    }
    return this.#built;
  }
}

interface Built {
  readonly doc: GatedDocument;
  index?: MessageIndex;
  values?: AccountValues;
}

function build(updates: readonly Uint8Array[], { serverWriter, onBuilt }: ReplicaOptions): Built {
  const doc = new GatedDocument(updates);
  if (serverWriter !== undefined) doc.clientID = serverWriter;
  onBuilt?.(doc);
  return { doc };
}
