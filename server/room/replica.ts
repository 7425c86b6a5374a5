/**
 * A room's copy of what the rows say: the document, where its messages stand, who writes it and who may. It changes by
 * settling; when the rows turn out to say something else it is thrown away and made again.
 */
import * as Y from 'yjs';
import type { Role } from '../../schema/http/conversations.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { StoredDocument } from '../journal/load.ts';
import { GatedDocument } from './gated-document.ts';
import { MessageIndex } from './message-index.ts';

/** When an epoch closes. */
export interface EpochLimits {
  readonly messages: number;
  readonly bytes: number;
  readonly writers: number;
}

export class Replica {
  readonly doc: GatedDocument;
  readonly index: MessageIndex;
  readonly conversation: ConversationId;
  readonly epoch: number;
  /** A later epoch is open: new messages belong there. */
  isClosed: boolean;
  readonly generation: string;
  readonly kind: 'direct' | 'group';
  /** Counts changes of members and roles. */
  readonly membership: number;
  readonly members: ReadonlyMap<UserId, Role>;
  /** The keys of `members`, for notices: made once. */
  readonly memberIds: readonly UserId[];
  /** The seq of the last entry in it. */
  head: number;
  readonly #writers: Map<number, UserId | null>;

  constructor(stored: StoredDocument) {
    this.doc = new GatedDocument(stored.state ? [stored.state, ...stored.entries] : stored.entries);
    this.index = new MessageIndex(this.doc);
    this.conversation = stored.conversation;
    this.epoch = stored.epoch;
    this.isClosed = stored.isClosed;
    this.generation = stored.generation;
    this.kind = stored.kind;
    this.membership = stored.membership;
    this.members = stored.members;
    this.memberIds = [...stored.members.keys()];
    this.head = stored.head;
    this.#writers = stored.writers;
  }

  /** The user a writer is bound to; null for a server, undefined for a writer that nobody has used. */
  readonly userOf = (writer: number): UserId | null | undefined => this.#writers.get(writer);

  /** Whether the epoch has reached one of the limits. */
  isFull({ messages, bytes, writers }: EpochLimits): boolean {
    const { index, doc } = this;
    return index.messages >= messages || index.bytes >= bytes || doc.store.clients.size >= writers;
  }

  bind(writer: number, user: UserId | null): void {
    this.#writers.set(writer, user);
  }

  /** How many elements of this writer the document has. */
  readonly clockOf = (writer: number): number => Y.getState(this.doc.store, writer);
}
