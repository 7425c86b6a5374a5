/** Lines of the conversation list: what the server said last, overruled by what this device knows itself. Pure. */

import type { ConversationPreferences } from '../../schema/document/account.ts';
import { previewOf } from '../../schema/document/files.ts';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import type { Conversation, ConversationListItem } from '../../schema/http/conversations.ts';
import { type ConversationId, documentId, type MessageId, type UserId } from '../../schema/ids.ts';
import type { ServerControl } from '../../schema/wire/control.ts';
import type { LocalView } from '../conversation/chain-view.ts';
import type { ConversationSummary } from '../conversation/conversation.ts';
import { isSameList } from '../conversation/remember-last.ts';
import type { ConversationRecord, PinWish } from '../storage/records.ts';
import { isSamePins, pinsOf } from './pins.ts';

type Last = NonNullable<ConversationSummary['last']>;

/** `view` is undefined while the conversation is not open on this device. */
export function summarize(
  record: ConversationRecord,
  view: LocalView | undefined,
  me: UserId,
  kept: ConversationPreferences = {},
  wishes: readonly PinWish[] = [],
): ConversationSummary {
  const { item } = record;
  const pins = pinsOf(item, wishes, me);
  const known = view?.state === 'ready' ? view : undefined;
  // Where the newest epoch is empty, what was said last stands in a document that may not be open here.
  const last = known?.last ? lineOf(known.last) : known?.older === 'none' ? undefined : record.last;
  return {
    id: item.id as ConversationId,
    kind: item.kind,
    title: titleOf(item, me),
    ...(item.description !== undefined && { description: item.description }),
    ...pictureOf(item, me),
    members: item.members as unknown as ConversationSummary['members'],
    unread: known?.isUnreadExact ? known.unread : Math.max(item.unread, known?.unread ?? 0),
    ...(item.kind === 'direct' && item.members.some(({ isDeleted }) => isDeleted) && { isOver: true }),
    ...(known?.isMentioned && { isMentioned: true }),
    ...(kept.pinned && { isPinned: true }),
    ...(kept.muted && { isMuted: true }),
    ...(kept.archived && { isArchived: true }),
    ...(kept.unread && { isMarkedUnread: true }),
    ...(pins && { pins }),
    ...(last && { last }),
  };
}

function lineOf({ message, delivery }: NonNullable<LocalView['last']>): Last {
  const { id, from, at } = message;
  return { id, from, at, text: textOf(message), ...(delivery && { delivery }) };
}

const textOf = (message: Message): string | null => (isDeleted(message) ? null : previewOf(message));

function titleOf(item: ConversationRecord['item'], me: UserId): string {
  if (item.title !== null) return item.title;
  const names = item.members.filter((member) => member.id !== me).map((member) => member.name);
  return (names.length > 0 ? names : item.members.map((member) => member.name)).join(', ');
}

/** A direct conversation wears the picture of the other person. */
function pictureOf({ kind, picture, members }: ConversationRecord['item'], me: UserId): { picture?: string } {
  const worn = kind === 'group' ? picture : members.find(({ id }) => id !== me)?.picture;
  return worn === undefined ? {} : { picture: worn };
}

/** The pictures of everybody and everything in the list. */
export function wornPictures(records: Iterable<ConversationRecord>): Set<string> {
  const worn = new Set<string>();
  for (const { item } of records)
    for (const { picture } of [item, ...item.members]) if (picture !== undefined) worn.add(picture);
  return worn;
}

/** The whole list: pinned ones, then the others, the latest activity first. A line, and the list itself, stay the same objects until they change. */
export function summarizeAll(options: {
  readonly records: Iterable<ConversationRecord>;
  readonly viewOf: (id: ConversationId) => LocalView | undefined;
  readonly preferencesOf?: (id: ConversationId) => ConversationPreferences | undefined;
  /** Messages that are not to be seen in a line either. */
  readonly isHidden?: (id: ConversationId, message: MessageId) => boolean;
  /** What waits to be pinned. */
  readonly wishes?: readonly PinWish[];
  readonly me: UserId;
  readonly former: readonly ConversationSummary[];
}): readonly ConversationSummary[] {
  const { records, viewOf, preferencesOf, isHidden, wishes, me, former } = options;
  const before = new Map(former.map((summary) => [summary.id, summary]));
  const lines = [...records].map((known) => {
    const id = known.item.id as ConversationId;
    const record = withoutHidden(known, isHidden);
    const summary = summarize(record, viewOf(id), me, preferencesOf?.(id), wishes);
    const shown = before.get(summary.id);
    return { at: activityAt(record, summary), summary: shown && isSameSummary(shown, summary) ? shown : summary };
  });
  const items = lines
    .sort((a, b) => Number(b.summary.isPinned ?? false) - Number(a.summary.isPinned ?? false) || b.at - a.at)
    .map((line) => line.summary);
  return isSameList(items, former) ? former : items;
}

/** While its documents are not open, what stood before a hidden message is not known: the line keeps its place without words. */
function withoutHidden(
  record: ConversationRecord,
  isHidden: (id: ConversationId, message: MessageId) => boolean = () => false,
): ConversationRecord {
  const { item, last } = record;
  const isGone = last?.id !== undefined && isHidden(item.id as ConversationId, last.id);
  return isGone ? { ...record, last: { ...last, text: null } } : record;
}

/** When something last happened in it: the place in the list. */
export const activityAt = (record: ConversationRecord, summary: Pick<ConversationSummary, 'last'>): number =>
  summary.last?.at ?? record.since;

function isSameSummary(a: ConversationSummary, b: ConversationSummary): boolean {
  if (a.title !== b.title || a.unread !== b.unread || a.members !== b.members) return false;
  if (a.description !== b.description || a.isMarkedUnread !== b.isMarkedUnread) return false;
  if (a.isMentioned !== b.isMentioned || a.picture !== b.picture || !isSamePins(a.pins, b.pins)) return false;
  if (a.isPinned !== b.isPinned || a.isMuted !== b.isMuted || a.isArchived !== b.isArchived) return false;
  const { last: x } = a;
  const { last: y } = b;
  return x === y || (x?.id === y?.id && x?.at === y?.at && x?.text === y?.text && x?.delivery === y?.delivery);
}

/** The records that the server's list makes of the former ones. The list comes with the latest activity first. */
export function mergeList(
  items: readonly ConversationListItem[],
  former: ReadonlyMap<string, ConversationRecord>,
  now: number,
): ConversationRecord[] {
  let bound = now;
  return items.map(({ last, ...item }) => {
    const known = former.get(item.id);
    // One without messages keeps its place between its neighbours.
    const since = known?.since ?? bound;
    const erasedHere = known?.erasedHere;
    bound = last?.at ?? since;
    return {
      item,
      since,
      ...(erasedHere !== undefined && { erasedHere }),
      ...(last && { last: { ...last, id: last.id as MessageId, from: last.from as UserId } }),
    };
  });
}

/** The record without a text that this device knows to be edited or deleted since; the same record when it is right. */
export function withoutFormerText(record: ConversationRecord, view: LocalView): ConversationRecord {
  const { last } = record;
  if (!last || last.text === null || view.state !== 'ready') return record;
  // Notices do not say which message it was.
  const isLast = ({ id, from, at }: Message) => (last.id ? id === last.id : from === last.from && at === last.at);
  const row = view.rows.findLast(({ message }) => isLast(message));
  const text = row && textOf(row.message);
  return text === undefined || text === last.text ? record : { ...record, last: { ...last, text } };
}

/** The record with what the server says of the conversation itself; one that is new here has no messages. */
export function withConversation(
  record: ConversationRecord | undefined,
  conversation: Conversation,
  now: number,
): ConversationRecord {
  if (!record) return { item: { ...conversation, unread: 0, erased: 0 }, since: now };
  const { isFormer: _, item, ...kept } = record;
  // A newer epoch may have been heard of since the server was asked.
  const epoch = Math.max(item.epoch, conversation.epoch);
  const document = documentId(conversation.id as ConversationId, epoch);
  return { ...kept, item: { ...conversation, epoch, document, unread: item.unread, erased: item.erased } };
}

/** The record with what somebody in it is called now; the same record when they are not. */
export function withPerson(record: ConversationRecord, person: ServerControl & { t: 'person' }): ConversationRecord {
  const { id, name, status, picture } = person;
  if (!record.item.members.some((member) => member.id === id)) return record;
  const members = record.item.members.map((member) => {
    if (member.id !== id) return member;
    const { status: _, picture: __, ...kept } = member;
    return { ...kept, name, ...(status !== undefined && { status }), ...(picture !== undefined && { picture }) };
  });
  return { ...record, item: { ...record.item, members } };
}

/** A message was sent in a conversation that is not open here, or, with nothing to preview, a newer epoch is open. */
export function withHead(
  record: ConversationRecord,
  head: ServerControl & { t: 'head' },
  me: UserId,
): ConversationRecord {
  const epoch = Math.max(record.item.epoch, head.epoch);
  const item = { ...record.item, epoch, document: documentId(record.item.id as ConversationId, epoch) };
  if (head.preview === '') return { ...record, item };
  const unread = head.from === me ? item.unread : item.unread + 1;
  return {
    ...record,
    item: { ...item, unread },
    last: { from: head.from as UserId, at: head.at, text: head.preview },
  };
}
