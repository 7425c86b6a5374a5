/**
 * Settling: applies an inspected update to the room's document and, in the same transaction, makes it conform to the rules
 * of the product. An element that breaks a rule is deleted and reported; markers replace their target and disappear;
 * displaced messages move to the end; new ones of a closed epoch are taken out, to be taken in elsewhere. Yjs collects
 * garbage inside the transaction, so the emitted update is the net result: refused or deleted text never leaves the process.
 * It knows nothing of sockets, commits or other servers.
 */
import * as Y from 'yjs';
import {
  type DeleteMarker,
  type EditMarker,
  isDelete,
  isDeleted,
  isEdit,
  isMessage,
  type LiveMessage,
  type Message,
} from '../../schema/document/message.ts';
import { NO_RECEIPT, type Receipt, type ReceiptVector, sameReceipt, union } from '../../schema/document/receipts.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { isTooLong, MAX_CLOCK_AHEAD_MS } from '../../schema/limits.ts';
import type { RefusalKind } from '../../schema/refusals.ts';
import type { FileClaim } from '../files/file-rows.ts';
import type { Appended, SoundMessages } from './conversation-grammar.ts';
import { displaced } from './displaced.ts';
import { FileClaims, type FindFile } from './file-claims.ts';
import type { GatedDocument } from './gated-document.ts';
import type { Refused } from './judgement.ts';
import type { Found, MessageIndex } from './message-index.ts';
import { dropReactions, expectReactions, settleReactions } from './reactions.ts';
import type { StructId } from './read-update.ts';
import { insertAfter, itemAt } from './server-insert.ts';
import { inTypedOrder } from './typed-order.ts';

/** What one submission did. */
export interface Settled {
  /** The net result; undefined when the document knew everything. */
  readonly update: Uint8Array | undefined;
  /** Its messages, when it is what was inspected: nothing was deleted, replaced or moved, so it says the same after what others append. */
  readonly plain: readonly Appended[] | undefined;
  readonly refused: readonly Refused[];
  /** The last new message that stayed, for the head notice. */
  readonly last: LiveMessage | undefined;
  /** Whether text that stands in an earlier entry was edited or deleted. */
  readonly erases: boolean;
  /** Whether more was read. */
  readonly reads: boolean;
  /** New messages of a closed document, taken out of it: they belong to the open one. */
  readonly late: readonly Message[];
  /** The files of new messages: from now on each belongs to its message. */
  readonly claims: readonly FileClaim[];
}

export interface SettleOptions {
  readonly doc: GatedDocument;
  readonly index: MessageIndex;
  readonly user: UserId;
  /** Owner or admin of a group: may delete what others wrote. */
  readonly canModerate: boolean;
  /** A later epoch is open: no new message stays. */
  readonly isClosed: boolean;
  /** No new message stays, and none is taken in elsewhere. */
  readonly isReadOnly: boolean;
  /** Of those that the update names. */
  readonly findFile: FindFile;
  readonly nowMs: number;
}

const NOTHING = {
  ...{ update: undefined, plain: [], refused: [], last: undefined },
  ...{ erases: false, reads: false, late: [], claims: [] },
};

/** Throws only on a bug; the room is then dropped unreleased. */
export function settle(sound: SoundMessages, options: SettleOptions): Settled {
  const { bytes, contents } = sound;
  if (!bytes) return NOTHING;
  const { doc, user } = options;
  const before = doc.receipts.get(user);
  if (contents.reactions.length > 0) expectReactions(doc);
  const serverClock = Y.getState(doc.store, doc.clientID);
  const refusals = new Map<RefusalKind, MessageId[]>();
  const late = new Map<MessageId, Message>();
  const claims = new FileClaims(user, options.findFile);
  let appended: readonly Appended[] = [];
  let last: LiveMessage | undefined;
  let erases = false;
  let reads = false;
  const update = doc.hold((transaction) => {
    Y.applyUpdate(doc, bytes);
    if (doc.store.pendingStructs || doc.store.pendingDs) throw new Error('An inspected update did not integrate');
    const settler = new Settler(transaction, options, refusals, late, claims);
    appended = inTypedOrder(doc, contents.appended);
    last = settler.messages(appended);
    erases = settler.markers(appended);
    if (last && !appended.every(({ element }) => isMessage(element))) {
      // A marker of the same update may have edited or deleted it.
      const found = options.index.find(last.id)?.message;
      last = found && !isDeleted(found) ? found : undefined;
    }
    // Also when no value came: one may have been deleted, and what was read stays read.
    if (contents.receipts.length > 0 || doc.receipts.get(user) !== before)
      reads = settler.receipt(before ?? NO_RECEIPT, contents.receipts);
    if (doc.reactions) settler.reactions();
    // The server's own insertions in a remote transaction would make Yjs pick a new clientID every time.
    transaction.local = true;
    // Nothing but the append itself: what was inspected is what Yjs would encode.
    const isPlain = transaction.deleteSet.clients.size === 0 && Y.getState(doc.store, doc.clientID) === serverClock;
    return isPlain ? bytes : undefined;
  });
  const refused = [...refusals].map(([kind, ids]) => ({ kind, ids }));
  return {
    update,
    plain: update === bytes ? appended : undefined,
    refused,
    last,
    erases,
    reads,
    late: [...late.values()],
    claims: claims.all,
  };
}

class Settler {
  readonly #transaction: Y.Transaction;
  readonly #options: SettleOptions;
  readonly #refusals: Map<RefusalKind, MessageId[]>;
  readonly #late: Map<MessageId, Message>;
  readonly #claims: FileClaims;
  readonly #deleted = new Set<MessageId>();

  constructor(
    transaction: Y.Transaction,
    options: SettleOptions,
    refusals: Map<RefusalKind, MessageId[]>,
    late: Map<MessageId, Message>,
    claims: FileClaims,
  ) {
    this.#transaction = transaction;
    this.#options = options;
    this.#refusals = refusals;
    this.#late = late;
    this.#claims = claims;
  }

  /** Refuses what breaks a rule, moves what would stand where nobody looks, corrects clocks that run ahead; the newest that stays. */
  messages(appended: readonly Appended[]): LiveMessage | undefined {
    const { index, isClosed, isReadOnly } = this.#options;
    const fresh: Appended[] = [];
    let newest: LiveMessage | undefined;
    for (const each of appended) {
      const { element } = each;
      if (!isMessage(element) || isDeleted(element)) continue;
      const kind = isReadOnly ? 'read-only' : (textRefusal(element) ?? this.#claims.take(element));
      if (kind) {
        this.#refuse(each, kind);
        continue;
      }
      if (isClosed) {
        this.#remove(each);
        this.#late.set(element.id, { ...element, at: this.#notAhead(element.at) });
        continue;
      }
      fresh.push(each);
      index.add(element, each);
      newest = element;
    }
    for (const { element } of displaced(this.#options.doc, fresh)) {
      const id = (element as LiveMessage).id;
      const found = index.find(id);
      if (found) this.#move(found);
    }
    for (const { element } of fresh) {
      if (this.#notAhead(element.at) === element.at) continue;
      const found = index.find((element as LiveMessage).id);
      if (!found) continue;
      const corrected = { ...found.message, at: this.#options.nowMs };
      this.#replace(found, corrected);
      if (newest?.id === corrected.id && !isDeleted(corrected)) newest = corrected;
    }
    return newest;
  }

  /** Applies edit and delete markers after all messages: they may name a message of the same update. */
  markers(appended: readonly Appended[]): boolean {
    let erases = false;
    for (const each of appended) {
      const { element } = each;
      if (isMessage(element)) continue;
      const id = isEdit(element) ? element.edit : element.del;
      const found = this.#options.index.find(id);
      const target = found?.message ?? this.#late.get(id);
      const next = target ? this.#marked(target, element) : 'not-found';
      if (typeof next === 'string') {
        this.#refuse(each, next);
        continue;
      }
      this.#remove(each);
      if (next === target) continue;
      if (!found) {
        this.#late.set(id, next);
        continue;
      }
      if (found.at.clock < (this.#transaction.beforeState.get(found.at.client) ?? 0)) erases = true;
      if (isDelete(element)) this.#deleted.add(id);
      this.#replace(found, next);
    }
    return erases;
  }

  /** After messages and markers: a reaction to what was deleted with it is refused, and all others to it go. */
  reactions(): void {
    const { doc, index, isReadOnly } = this.#options;
    const refuse = (at: StructId, kind: RefusalKind) => this.#note(at, kind);
    settleReactions({ transaction: this.#transaction, doc, index, isReadOnly, refuse });
    dropReactions(this.#transaction, doc, this.#deleted);
  }

  /** The user's receipt becomes the union of what was known and what came, of message writers only and nobody's own. Whether more was read. */
  receipt(before: Receipt, written: readonly Receipt[]): boolean {
    const { doc, user } = this.#options;
    let { d, r } = before;
    for (const receipt of written) {
      d = union(d, this.#possible(receipt.d));
      r = union(r, this.#possible(receipt.r));
    }
    const settled = { d: union(d, r), r };
    const current = doc.receipts.get(user);
    if (!current || !sameReceipt(current, settled)) doc.receipts.set(user, settled);
    return r !== before.r;
  }

  #possible(vector: ReceiptVector): ReceiptVector {
    const { index, user } = this.#options;
    const possible: Record<string, number> = {};
    for (const [writer, clock] of Object.entries(vector)) {
      const last = index.lastClock(writer);
      if (last >= 0 && index.authorOf(writer) !== user) possible[writer] = Math.min(clock, last);
    }
    return possible;
  }

  /** The target as the marker makes it, the target itself when there is nothing to do, or a refusal. */
  #marked(target: Message, marker: EditMarker | DeleteMarker): Message | RefusalKind {
    const { user, canModerate } = this.#options;
    const atMs = this.#notAhead(marker.at);
    if (isDelete(marker)) {
      if (target.from !== user && !canModerate) return 'not-author';
      if (isDeleted(target)) return target;
      return { id: target.id, from: target.from, at: target.at, deletedAt: atMs, by: user };
    }
    if (target.from !== user) return 'not-author';
    if (isDeleted(target)) return 'deleted';
    const edited = { ...target, text: marker.text, editedAt: Math.max(atMs, (target.editedAt ?? 0) + 1) };
    return textRefusal(edited) ?? edited;
  }

  #refuse(at: StructId, kind: RefusalKind): void {
    this.#remove(at);
    this.#note(at, kind);
  }

  #note({ client, clock }: StructId, kind: RefusalKind): void {
    const ids = this.#refusals.get(kind);
    if (ids) ids.push(messageId(client, clock));
    else this.#refusals.set(kind, [messageId(client, clock)]);
  }

  #remove(at: StructId): void {
    this.#itemAt(at).delete(this.#transaction);
  }

  /** A clock that runs ahead is the server's time; the past is kept. */
  #notAhead(atMs: number): number {
    const { nowMs } = this.#options;
    return atMs > nowMs + MAX_CLOCK_AHEAD_MS ? nowMs : atMs;
  }

  #replace({ at, message }: Found, next: Message): void {
    const { doc, index } = this.#options;
    const item = this.#itemAt(at);
    index.replace(message, next, insertAfter(this.#transaction, doc, item, next));
    item.delete(this.#transaction);
  }

  #move({ at, message }: Found): void {
    const { doc, index } = this.#options;
    const item = this.#itemAt(at);
    let end = item;
    while (end.right) end = end.right;
    index.replace(message, message, insertAfter(this.#transaction, doc, end, message));
    item.delete(this.#transaction);
  }

  #itemAt(at: StructId): Y.Item {
    return itemAt(this.#transaction, this.#options.doc, at);
  }
}

function textRefusal({ text, files }: LiveMessage): RefusalKind | undefined {
  if ((text === '' && !files) || text.includes('\0')) return 'bad-text';
  return isTooLong(text) ? 'too-long' : undefined;
}
