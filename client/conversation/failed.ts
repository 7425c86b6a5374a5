/** What becomes of an unacknowledged element: whether it took effect, and the text that is kept when it was refused. */
import { isDelete, isDeleted, isEdit, isMessage, type Message } from '../../schema/document/message.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import { type FailedRecord, isReaction, type OutboxRecord } from '../storage/records.ts';
import type { FailedText } from './conversation.ts';

/** The refused text; undefined for a deletion or reaction, which has none. */
export function failedFrom(
  { id, element }: OutboxRecord,
  conversation: ConversationId,
  kind: FailedText['kind'],
): FailedRecord | undefined {
  if (isReaction(element) || isDelete(element)) return undefined;
  if (isEdit(element)) return { conversation, key: id, text: element.text, at: element.at, kind, edit: element.edit };
  if (isDeleted(element)) return undefined;
  const { text, at, re } = element;
  return { conversation, key: id, text, at, kind, ...(re && { re }) };
}

/**
 * Whether an element below the acknowledged clock took effect, judged by the settled messages. The answer 101 comes before
 * the acknowledgement, but it can be lost with the connection; then only the effect tells.
 */
export function tookEffect(record: OutboxRecord, find: (id: MessageId) => Message | undefined): boolean {
  const { element } = record;
  // Whether it stands in its document is another question: this one is only whether there is anything left to react to.
  if (isReaction(element)) {
    const target = find(element.on);
    return !target || isDeleted(target);
  }
  if (isDelete(element)) {
    const target = find(element.del);
    return !target || isDeleted(target);
  }
  if (isMessage(element)) return find(element.id) !== undefined;
  const target = find(element.edit);
  if (!target) return false;
  if (isDeleted(target) || target.text === element.text) return true;
  return (target.editedAt ?? 0) > (record.editedAtBefore ?? 0);
}
