/** Turns the folded messages of a conversation into the rows people see. A row that did not change stays the same object. */
import { isDelete, isDeleted, isEdit, type Message } from '../../schema/document/message.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { type FailedRecord, isReaction, type OutboxRecord } from '../storage/records.ts';
import type { Delivery, Quoted, TimelineRow } from './conversation.ts';
import type { Given } from './given-reactions.ts';

export type Rows = ReadonlyMap<MessageId, TimelineRow>;

export interface RowsInput {
  readonly me: UserId;
  readonly messages: readonly Message[];
  readonly waiting: readonly OutboxRecord[];
  readonly failed: readonly FailedRecord[];
  readonly delivery: (id: MessageId, epoch: number, isWaiting: boolean) => Delivery;
  readonly epochOf: (id: MessageId) => number;
  /** By the message that is replied to. */
  readonly quoted: ReadonlyMap<MessageId, Quoted>;
  readonly given: Given;
  readonly previous: Rows;
}

/** In the order of the timeline. A refused message stands among the failed ones only, also before the server removed it. */
export function makeRows({
  me,
  messages,
  waiting,
  failed,
  delivery,
  epochOf,
  quoted,
  given,
  previous,
}: RowsInput): Rows {
  const sending = new Set<MessageId>();
  const changing = new Set<MessageId>();
  for (const { id, element } of waiting) {
    if (isReaction(element)) continue;
    if (isEdit(element)) changing.add(element.edit);
    else if (isDelete(element)) changing.add(element.del);
    else sending.add(id);
  }
  const refused = new Set<string>(failed.map((text) => text.key));
  const rows = new Map<MessageId, TimelineRow>();
  for (const message of messages) {
    const { id, from } = message;
    const own = from === me;
    if (own && refused.has(id)) continue;
    const before = previous.get(id);
    const pending = changing.has(id);
    // Most rows of a long conversation: nothing goes back from there.
    const epoch = epochOf(id);
    const quote = isDeleted(message) || message.re === undefined ? undefined : (quoted.get(message.re) ?? 'looking');
    const reactions = isDeleted(message) ? undefined : given.get(id);
    const isSame =
      before?.message === message &&
      before.pending === pending &&
      before.epoch === epoch &&
      before.reactions === reactions &&
      isSameQuote(before.quoted, quote);
    if (before && isSame && (!own || before.delivery === 'read')) {
      rows.set(id, before);
      continue;
    }
    const row: TimelineRow = {
      ...{ message, epoch, own, pending },
      ...(own && { delivery: delivery(id, epoch, sending.has(id)) }),
      ...(quote && { quoted: quote }),
      ...(reactions && { reactions }),
    };
    rows.set(id, before && isSameRow(before, row) ? before : row);
  }
  return rows;
}

const isSameRow = (a: TimelineRow, b: TimelineRow): boolean =>
  a.own === b.own &&
  a.epoch === b.epoch &&
  a.pending === b.pending &&
  a.delivery === b.delivery &&
  a.reactions === b.reactions &&
  isSameQuote(a.quoted, b.quoted) &&
  isSameMessage(a.message, b.message);

const isSameQuote = (a: Quoted | undefined, b: Quoted | undefined): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && a.from === b.from && isSameMessage(a, b));

/** Elements keep their identity, except those a marker is applied to. */
function isSameMessage(a: Message, b: Message): boolean {
  if (a === b) return true;
  if (isDeleted(a) || isDeleted(b)) return isDeleted(a) && isDeleted(b) && a.deletedAt === b.deletedAt && a.by === b.by;
  return a.text === b.text && a.editedAt === b.editedAt && a.at === b.at && a.re === b.re;
}
