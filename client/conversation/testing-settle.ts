/**
 * For tests: what the server does with elements that were appended, in a few lines: refuse, replace, move to the open epoch; and with
 * reactions to what is not there.
 */
import * as Y from 'yjs';
import { type Element, isDelete, isEdit, isMessage, MESSAGES, type Message } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import { messageId } from '../../schema/ids.ts';
import type { RefusalKind } from '../../schema/refusals.ts';

export interface TestSettle {
  readonly doc: Y.Doc;
  /** The state vector before the update was applied: what it does not cover is new. */
  readonly before: Map<number, number>;
  readonly refuse: (element: Element) => RefusalKind | undefined;
  /** Where new messages go when the document is closed. */
  readonly open: Y.Doc | undefined;
}

/** Answers what is refused. To be called in the transaction that applied the update. */
export function settle({ doc, before, refuse, open }: TestSettle): { id: string; kind: RefusalKind }[] {
  const refused: { id: string; kind: RefusalKind }[] = [];
  const messages = doc.getArray<Element>(MESSAGES);
  for (const { client, clock, element } of placed(messages)) {
    const index = messages.toArray().indexOf(element);
    const kind = refuse(element) ?? (isMissed(messages, element) ? 'not-found' : undefined);
    const isLate = open && isMessage(element) && clock >= (before.get(client) ?? 0);
    if (kind) refused.push({ id: messageId(client, clock), kind });
    if (kind || isLate || isEdit(element) || isDelete(element)) messages.delete(index);
    if (isLate && !kind) open.getArray<Element>(MESSAGES).push([element]);
    if (!kind && !isMessage(element)) replace(messages, element);
  }
  return [...refused, ...settleReactions(doc, before)];
}

function settleReactions(doc: Y.Doc, before: Map<number, number>): { id: string; kind: RefusalKind }[] {
  const refused: { id: string; kind: RefusalKind }[] = [];
  const messages = doc.getArray<Element>(MESSAGES).toArray();
  const reactions = doc.getMap<Reaction>(REACTIONS);
  for (const [key, { id, content }] of reactions._map) {
    const isKnown = messages.some(
      (one) => isMessage(one) && one.id === (content.getContent()[0] as Reaction | undefined)?.on,
    );
    if (isKnown || id.clock < (before.get(id.client) ?? 0)) continue;
    reactions.delete(key);
    refused.push({ id: messageId(id.client, id.clock), kind: 'not-found' });
  }
  return refused;
}

const isMissed = (messages: Y.Array<Element>, element: Element): boolean =>
  !isMessage(element) && !messages.toArray().some((other) => isMessage(other) && other.id === targetOf(element));

const targetOf = (marker: Exclude<Element, Message>) => (isEdit(marker) ? marker.edit : marker.del);

function replace(messages: Y.Array<Element>, marker: Exclude<Element, Message>): void {
  const target = targetOf(marker);
  const at = messages.toArray().findIndex((other) => isMessage(other) && other.id === target);
  const former = messages.get(at) as Message;
  messages.delete(at);
  const settled = isEdit(marker)
    ? { ...former, text: marker.text, editedAt: marker.at }
    : { id: former.id, from: former.from, at: former.at, deletedAt: marker.at, by: marker.from };
  messages.insert(at, [settled]);
}

/** The elements that stand in the array, each with the id of its struct. */
function placed(messages: Y.Array<Element>): { client: number; clock: number; element: Element }[] {
  const found: { client: number; clock: number; element: Element }[] = [];
  for (let item = messages._start; item; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentAny)) continue;
    const { client, clock } = item.id;
    item.content.arr.forEach((element, index) => {
      found.push({ client, clock: clock + index, element });
    });
  }
  return found;
}
