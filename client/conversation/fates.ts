/**
 * What becomes of the outbox records of one document: acknowledged, refused, or left behind by a copy that was dropped. The
 * server's answers are recorded one after the other, as they were given. A record whose fate cannot be stored stays; the
 * server repeats its answers at the next sync. What is acknowledged and stands nowhere here is looked for before it counts as
 * refused: the server moves what arrives for a closed epoch to the open one. An edit or deletion that missed its message
 * for that reason follows it. So does a reaction, and one whose copy was dropped is written anew: it says what a person's reaction to
 * a message is, not what to add to it, so writing it twice does no harm.
 */
import { isDeleted, isEdit, isMessage, type Message } from '../../schema/document/message.ts';
import { type DocumentId, type MessageId, parseDocumentId, type UserId } from '../../schema/ids.ts';
import type { Acknowledgement, RefusalNotice } from '../../schema/wire/frame.ts';
import { isReaction, type OutboxRecord } from '../storage/records.ts';
import type { FailedText } from './conversation.ts';
import { tookEffect } from './failed.ts';
import type { LocalCopy } from './local-copy.ts';
import type { Outbox } from './outbox.ts';

/** Should a reaction be what made the server refuse a copy, it is not written into every next one. */
const MAX_REPEATS = 3;

export interface FatesOptions {
  readonly me: UserId;
  readonly outbox: Outbox;
  readonly document: DocumentId;
  /** The present copy and its incarnation. */
  readonly copy: () => LocalCopy | undefined;
  /** Settled messages of the whole conversation, by id. */
  readonly settled: () => ReadonlyMap<MessageId, Message>;
  /** The message, wherever the server has it; undefined when there is none. Resolves when that is certain. */
  readonly seek: (id: MessageId) => Promise<Message | undefined>;
  /** Sends an edit, deletion or reaction to where its message stands now; false when it stands where it was sent to already. */
  readonly redirect: (record: OutboxRecord) => Promise<boolean>;
}

export class Fates {
  readonly #options: FatesOptions;
  #recording: Promise<void> = Promise.resolve();
  /** Records that are being looked for. */
  readonly #sought = new Set<MessageId>();

  constructor(options: FatesOptions) {
    this.#options = options;
  }

  /** Records of former copies: the fresh copy, once synced, tells what became of them. */
  strays(): readonly OutboxRecord[] {
    const { copy } = this.#options;
    return this.#records().filter((record) => record.incarnation !== copy()?.incarnation);
  }

  acknowledged({ writer, clock }: Acknowledgement): void {
    this.#decide(() => {
      const strays = new Set(this.strays());
      return this.#records().filter(
        (record) => record.writer === writer && record.clock < clock && !strays.has(record),
      );
    });
  }

  refused({ ids, kind }: RefusalNotice): void {
    this.#record(async () => {
      const refused = this.#records().filter((record) => ids.includes(record.id));
      const missed = kind === 'not-found' ? refused.filter(({ element }) => !isMessageOf(element)) : [];
      for (const record of missed) void this.#seek(record, kind);
      await this.#options.outbox.fail(
        refused.filter((record) => !missed.includes(record)),
        kind,
      );
    });
  }

  /** The server takes nothing for this document any more. */
  allFailed(kind: FailedText['kind']): void {
    this.#record(() => this.#options.outbox.fail(this.#records(), kind));
  }

  /** To be called when the copy is synced, and while it is whenever the outbox changes. */
  decideStrays(): void {
    this.#decide(() => this.strays());
  }

  /**
   * To be called when the copy is synced: a text that became failed because its acknowledgement was lost, and then the
   * membership, stands in what the server sent. Whatever the server refused does not.
   */
  forgetArrived(): void {
    this.#record(async () => {
      const { outbox, document } = this.#options;
      const settled = this.#options.settled();
      const conversation = parseDocumentId(document)?.conversation;
      const failed = conversation ? outbox.failedOf(conversation) : [];
      for (const text of failed) if (settled.has(text.key as MessageId)) await outbox.discard(text);
    });
  }

  #records(): readonly OutboxRecord[] {
    return this.#options.outbox.of(this.#options.document);
  }

  /** The server has judged the `pick`ed records: those that took effect go, the others become failed. */
  #decide(pick: () => readonly OutboxRecord[]): void {
    if (pick().length === 0) return;
    this.#record(async () => {
      const { outbox, copy } = this.#options;
      const settled = this.#options.settled();
      const gone: OutboxRecord[] = [];
      const failed: OutboxRecord[] = [];
      for (const record of pick()) {
        const isMissing = !settled.has(subjectOf(record));
        if (this.#sought.has(record.id)) continue;
        if (isReaction(record.element)) {
          if (this.#isOver(record, settled.get(record.element.on))) gone.push(record);
          else void this.#seek(record, 'rejected');
        } else if (!copy()?.has(record)) failed.push(record);
        else if (tookEffect(record, (id) => settled.get(id))) gone.push(record);
        else if (isMissing) void this.#seek(record, 'rejected');
        else failed.push(record);
      }
      await outbox.remove(gone);
      await outbox.fail(failed, 'rejected');
    });
  }

  async #seek(record: OutboxRecord, kind: FailedText['kind']): Promise<void> {
    const { id, element } = record;
    if (this.#sought.has(id)) return;
    this.#sought.add(id);
    const { outbox, seek, redirect } = this.#options;
    const found = await seek(subjectOf(record));
    this.#record(async () => {
      try {
        if (tookEffect(record, () => found) || this.#isOvertaken(record)) await outbox.remove([record]);
        else if (isMessageOf(element) || !found || !(await redirect(record))) await outbox.fail([record], kind);
      } finally {
        this.#sought.delete(id);
      }
    });
  }

  /** Whether nothing remains to be done about a reaction that the server has judged. */
  #isOver(record: OutboxRecord, target: Message | undefined): boolean {
    const { me, copy } = this.#options;
    const { element, given, incarnation } = record;
    const here = copy();
    if (!isReaction(element) || (target && isDeleted(target)) || this.#isOvertaken(record)) return true;
    // Refused because its message is elsewhere, it left nothing under its key.
    if (here?.incarnation === incarnation || here?.has(record)) return here.reactions.of(me, element.on) !== undefined;
    return (given?.repeats ?? 0) >= MAX_REPEATS;
  }

  /** Whether a later reaction of this person to the same message says what this one does not. */
  #isOvertaken({ writer, clock, element, given }: OutboxRecord): boolean {
    const atMs = given?.at ?? 0;
    return this.#records().some((other) => {
      if (!isReaction(element) || !isReaction(other.element) || other.element.on !== element.on) return false;
      const otherMs = other.given?.at ?? 0;
      return otherMs > atMs || (otherMs === atMs && other.writer === writer && other.clock > clock);
    });
  }

  #record(work: () => Promise<void>): void {
    // The store shows its failure itself.
    this.#recording = this.#recording.then(work).catch(() => undefined);
  }
}

/** The message that the record is, or is about. */
export function subjectOf({ id, element }: Pick<OutboxRecord, 'id' | 'element'>): MessageId {
  if (isReaction(element)) return element.on;
  return isMessage(element) ? id : isEdit(element) ? element.edit : element.del;
}

const isMessageOf = (element: OutboxRecord['element']): element is Message =>
  !isReaction(element) && isMessage(element);
