/** The formats of a document at a seq. It fits into memory, being one epoch, so it is answered whole and with checksums. */
import { createHash } from 'node:crypto';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import { foldReactions } from '../../schema/document/reactions.ts';
import { exportHtml, momentOf, pageMessages, titleOf } from '../../schema/export/page.ts';
import type { Conversation } from '../../schema/http/conversations.ts';
import { foldState } from '../journal/fold-state.ts';
import type { StateAt } from './snapshot-rows.ts';

export interface SnapshotRequest extends StateAt {
  readonly conversation: Conversation;
  readonly epoch: number;
  readonly seq: number;
  /** User id → name. */
  readonly people: ReadonlyMap<string, string>;
  readonly timeZone: string;
}

interface Format {
  readonly contentType: string;
  readonly write: (request: SnapshotRequest) => string | Uint8Array | Promise<string>;
}

export const SNAPSHOT_FORMATS = {
  yjs: { contentType: 'application/octet-stream', write: ({ state }) => state },
  json: { contentType: 'application/json; charset=utf-8', write: json },
  ndjson: { contentType: 'application/x-ndjson; charset=utf-8', write: ndjson },
  html: { contentType: 'text/html; charset=utf-8', write: html },
} as const satisfies Record<string, Format>;

type Reactions = ReturnType<typeof foldReactions>;

function rowOf(message: Message, given: Reactions) {
  if (isDeleted(message)) return { ...message, text: null };
  const reactions = given.get(message.id);
  return { ...message, ...(reactions && { reactions }) };
}

function json({ state, epoch, seq }: SnapshotRequest): string {
  const { messages, receipts, reactions } = foldState(state);
  const given = foldReactions(reactions);
  return JSON.stringify({ epoch, seq, messages: messages.map((message) => rowOf(message, given)), receipts });
}

/** A message a line, in the order of the document. */
function ndjson({ state, conversation: { id }, epoch }: SnapshotRequest): string {
  const { messages, reactions } = foldState(state);
  const given = foldReactions(reactions);
  const lines = messages.map((message) => ({ conversation: id, ...rowOf(message, given), epoch }));
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

async function html({ state, at, conversation, epoch, seq, people, timeZone }: SnapshotRequest): Promise<string> {
  const { messages, reactions } = foldState(state);
  const page = exportHtml({
    title: titleOf(conversation),
    notes: [`Part ${epoch + 1} as it was on ${momentOf(at, timeZone)} (entry ${seq}), times in ${timeZone}`],
    people,
    pages: [pageMessages(messages, foldReactions(reactions))],
    timeZone,
  });
  let text = '';
  for await (const piece of page) text += piece;
  return text;
}

/** RFC 9110 and RFC 9530: the strong tag of these bytes, and their checksum. */
export function digestHeaders(bytes: string | Uint8Array): Record<string, string> {
  const hash = createHash('sha256').update(bytes).digest();
  return { etag: `"${hash.toString('base64url')}"`, 'repr-digest': `sha-256=:${hash.toString('base64')}:` };
}
