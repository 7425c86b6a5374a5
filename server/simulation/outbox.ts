/** What a simulated browser keeps until the server has judged it, and what the server refused. */
import { type Element, isDelete, isDeleted, isEdit, isMessage, type Message } from '../../schema/document/message.ts';
import type { Reaction } from '../../schema/document/reactions.ts';
import type { MessageId } from '../../schema/ids.ts';
import type { FailureKind, Ledger } from './ledger.ts';

export interface OutboxRecord {
  readonly id: MessageId;
  readonly writer: number;
  readonly clock: number;
  readonly element: Element | Reaction;
  /** By the device's clock. */
  readonly atMs: number;
  readonly update: Uint8Array;
  /** The copy of the document it was written to. */
  readonly incarnation: number;
}

/** A tab's document, as far as it tells what became of a record. */
export interface Evidence {
  readonly has: (record: OutboxRecord) => boolean;
  /** The message as settled, without markers that still wait. */
  readonly settled: (id: MessageId) => Message | undefined;
  /** Gives a reaction once more, in the present copy. */
  readonly give: (reaction: Reaction) => void;
}

export const isReaction = (element: OutboxRecord['element']): element is Reaction => 'on' in element;

export class Outbox {
  readonly #ledger: Ledger;
  readonly #records = new Map<MessageId, OutboxRecord>();
  readonly failed = new Map<MessageId, FailureKind>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  get records(): readonly OutboxRecord[] {
    return [...this.#records.values()];
  }

  of(incarnation: number): readonly OutboxRecord[] {
    return this.records.filter((record) => record.incarnation === incarnation);
  }

  add(record: OutboxRecord): void {
    this.#records.set(record.id, record);
  }

  fail(id: MessageId, kind: FailureKind): void {
    if (!this.#records.delete(id)) return;
    this.failed.set(id, kind);
    this.#ledger.failed(id, kind);
  }

  /** Reactions of a copy that was dropped are given once more, of several to one message the latest. */
  #judgeReactions(isJudged: (record: OutboxRecord) => boolean, { has, settled, give }: Evidence): void {
    const given = this.records.filter(({ element }) => isReaction(element));
    const lost: Reaction[] = [];
    for (const record of given.filter(isJudged)) {
      const { id, element, atMs, writer, clock } = record;
      if (!isReaction(element)) continue;
      const isOvertaken = given.some(
        (other) =>
          isReaction(other.element) &&
          other.element.on === element.on &&
          (other.atMs > atMs || (other.atMs === atMs && other.writer === writer && other.clock > clock)),
      );
      const target = settled(element.on);
      if (!has(record) && !isOvertaken && target && !isDeleted(target)) lost.push(element);
      this.#records.delete(id);
    }
    for (const reaction of lost) give(reaction);
  }

  /** The server has judged these: what took effect needs not be kept, the rest is shown as failed. */
  judge(isJudged: (record: OutboxRecord) => boolean, evidence: Evidence): void {
    this.#judgeReactions(isJudged, evidence);
    const { records } = this;
    const judged = records.filter(isJudged).map((record) => ({
      record,
      isGood: evidence.has(record) && tookEffect(record, records, evidence),
    }));
    for (const { record, isGood } of judged) {
      if (!isGood) this.fail(record.id, 'rejected');
      else if (this.#records.delete(record.id)) this.#ledger.done(record.id);
    }
  }
}

/** When the refusal was lost only the effect tells; a text whose effect cannot be seen is rather kept twice than lost. */
function tookEffect({ element }: OutboxRecord, records: readonly OutboxRecord[], { settled }: Evidence): boolean {
  if (isReaction(element) || isDelete(element)) return true;
  const target = settled(isMessage(element) ? element.id : element.edit);
  if (!target || isMessage(element)) return target !== undefined;
  if (isDeleted(target) || target.text === element.text) return true;
  const later = records.slice(records.findIndex((record) => record.element === element) + 1);
  return later.some(
    (record) => !isReaction(record.element) && isEdit(record.element) && record.element.edit === element.edit,
  );
}
