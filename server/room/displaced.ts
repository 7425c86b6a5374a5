/**
 * Which new messages stand where nobody would look. Yjs places concurrent appends by clientID: what was written offline
 * lands beside what it followed then, possibly far above the end. Such a message moves to the end; so does every new message
 * of the same writer behind it, so that a writer's messages keep their order.
 */
import * as Y from 'yjs';
import { isMessage } from '../../schema/document/message.ts';
import { splitMessageId } from '../../schema/ids.ts';
import { MAX_OVERTAKEN_MESSAGES } from '../../schema/limits.ts';
import type { Appended } from './conversation-grammar.ts';
import type { GatedDocument } from './gated-document.ts';

/**
 * Walks from the end of the array until all of `fresh` was seen; an append at the end costs one step.
 *
 * @returns those of `fresh` that must move, in the order they are to stand in.
 */
export function displaced(doc: GatedDocument, fresh: readonly Appended[]): Appended[] {
  const first = fresh[0];
  if (!first || (fresh.length === 1 && isAtEnd(doc, first))) return [];
  const left = new Map(fresh.map((each) => [key(each.client, each.clock), each]));
  const author = first.element.from;
  /** Writer → the lowest clock of its messages met so far, that is, standing further right. */
  const lowest = new Map<number, number>();
  const found: Appended[] = [];
  let others = 0;
  for (let item = lastItem(doc, first); item && left.size > 0; item = item.left) {
    if (item.deleted || !(item.content instanceof Y.ContentAny)) continue;
    for (let offset = item.content.arr.length - 1; offset >= 0 && left.size > 0; offset--) {
      const element = item.content.arr[offset];
      if (!isMessage(element)) continue;
      if (element.from !== author) {
        others++;
        continue;
      }
      const id = splitMessageId(element.id);
      const place = key(item.id.client, item.id.clock + offset);
      const each = left.get(place);
      left.delete(place);
      if (each && (others > MAX_OVERTAKEN_MESSAGES || id.clock > (lowest.get(id.writer) ?? Number.POSITIVE_INFINITY)))
        found.push(each);
      lowest.set(id.writer, Math.min(id.clock, lowest.get(id.writer) ?? Number.POSITIVE_INFINITY));
    }
  }
  return withFollowers(found.reverse(), fresh);
}

/** Adds the later new messages of each writer that moves; clock order per writer. */
function withFollowers(moving: readonly Appended[], fresh: readonly Appended[]): Appended[] {
  if (moving.length === 0) return [];
  const from = new Map<number, number>();
  for (const { client, clock } of moving) from.set(client, Math.min(clock, from.get(client) ?? clock));
  const writers = new Set(moving.map(({ client }) => client));
  return [...writers].flatMap((writer) =>
    fresh
      .filter(({ client, clock }) => client === writer && clock >= (from.get(writer) as number))
      .sort((a, b) => a.clock - b.clock),
  );
}

/** What nearly every message is. */
function isAtEnd(doc: GatedDocument, { client, clock }: Appended): boolean {
  const item = Y.getItem(doc.store, Y.createID(client, clock));
  return item.right === null && clock === item.id.clock + item.length - 1;
}

function lastItem(doc: GatedDocument, near: Appended): Y.Item | null {
  let item: Y.Item | null = Y.getItem(doc.store, Y.createID(near.client, near.clock));
  while (item.right) item = item.right;
  return item;
}

const key = (client: number, clock: number): string => `${client} ${clock}`;
