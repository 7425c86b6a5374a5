/**
 * The timeline: what people see of a conversation, a pure fold over the elements of its documents. Every replica and the
 * server use this one function, so the same elements give the same rows everywhere (P7). Order is the array's order;
 * `at` is display only.
 */
import type { MessageId } from '../ids.ts';
import {
  type DeleteMarker,
  type EditMarker,
  type Element,
  isDelete,
  isDeleted,
  isEdit,
  type Message,
} from './message.ts';

/**
 * Folds elements, oldest document first, into one row per message id. Should an id stand twice, deleted wins, then the
 * later `editedAt`, then the later position. Markers that the server has not settled yet apply on top, so that an author
 * sees an edit at once, also offline.
 */
export function foldTimeline(elements: Iterable<Element>): Message[] {
  const rows = new Map<MessageId, Message>();
  const markers: (EditMarker | DeleteMarker)[] = [];
  for (const element of elements) {
    if (isEdit(element) || isDelete(element)) {
      markers.push(element);
      continue;
    }
    const other = rows.get(element.id);
    if (!other) rows.set(element.id, element);
    else if (!outranks(other, element)) {
      // The winner keeps its own position, so it must be inserted anew.
      rows.delete(element.id);
      rows.set(element.id, element);
    }
  }
  for (const marker of markers) {
    const target = rows.get(isEdit(marker) ? marker.edit : marker.del);
    if (target) rows.set(target.id, applyMarker(target, marker));
  }
  return [...rows.values()];
}

/** Whether `earlier` in the array stays although `later` carries the same id. */
function outranks(earlier: Message, later: Message): boolean {
  if (isDeleted(earlier) !== isDeleted(later)) return isDeleted(earlier);
  if (isDeleted(earlier) || isDeleted(later)) return false;
  return (earlier.editedAt ?? 0) > (later.editedAt ?? 0);
}

function applyMarker(target: Message, marker: EditMarker | DeleteMarker): Message {
  if (isDeleted(target)) return target;
  if (isDelete(marker))
    return { id: target.id, from: target.from, at: target.at, deletedAt: marker.at, by: marker.from };
  if (marker.from !== target.from) return target;
  return { ...target, text: marker.text, editedAt: Math.max(marker.at, (target.editedAt ?? 0) + 1) };
}
