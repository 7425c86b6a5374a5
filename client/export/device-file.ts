/** Writes a conversation to a file from what this device holds, for when there is no server: the same formats, less complete. */
import { isDeleted, type Message } from '../../schema/document/message.ts';
import type { ReactionCount } from '../../schema/document/reactions.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { exportHtml, pageMessages } from '../../schema/export/page.ts';
import { type ConversationId, type MessageId, parseDocumentId } from '../../schema/ids.ts';
import type { ConversationSummary } from '../conversation/conversation.ts';
import { listDocuments, readMessages } from '../search/stored-messages.ts';

export interface DeviceFileOptions {
  /** The name of the account's database. */
  readonly account: string;
  readonly summary: ConversationSummary;
  /** What this person has deleted for themself. */
  readonly hidden: ReadonlySet<MessageId>;
  readonly format: 'html' | 'ndjson';
  /** Said under the title of the page. */
  readonly note: string;
}

export async function writeDeviceFile({ account, summary, hidden, format, note }: DeviceFileOptions): Promise<Blob> {
  const messages = (await readAll(account, summary.id)).filter(({ message }) => !hidden.has(message.id));
  if (format === 'ndjson') return new Blob(messages.map(lineOf(summary.id)), { type: 'application/x-ndjson' });
  const page = exportHtml({
    title: summary.title,
    notes: [summary.members.map(({ name }) => name).join(', '), note],
    people: new Map(summary.members.map(({ id, name }) => [id, name])),
    pages: [
      pageMessages(
        messages.map(({ message }) => message),
        new Map(messages.map(({ message, reactions }) => [message.id, reactions ?? []])),
        new Set((summary.pins ?? []).map(({ message }) => message)),
      ),
    ],
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const pieces: string[] = [];
  for await (const piece of page) pieces.push(piece);
  return new Blob(pieces, { type: 'text/html' });
}

interface Stored {
  readonly epoch: number;
  readonly message: Message;
  readonly reactions: readonly ReactionCount[] | undefined;
}

/** Oldest first; one that stands in two epochs, as a late message may here, once. */
async function readAll(account: string, conversation: ConversationId): Promise<Stored[]> {
  const epochs: Stored[] = [];
  for (const record of await listDocuments(account)) {
    const place = parseDocumentId(record.document);
    if (place?.conversation !== conversation) continue;
    const { messages, given } = await readMessages(account, record);
    for (const message of messages) epochs.push({ epoch: place.epoch, message, reactions: given.get(message.id) });
  }
  epochs.sort((a, b) => a.epoch - b.epoch);
  const stored = new Map(epochs.map((one) => [one.message.id, one]));
  return foldTimeline(epochs.map(({ message }) => message)).map((message) => ({
    message,
    epoch: stored.get(message.id)?.epoch ?? 0,
    reactions: isDeleted(message) ? undefined : stored.get(message.id)?.reactions,
  }));
}

const lineOf =
  (conversation: string) =>
  ({ message, epoch, reactions }: Stored): string =>
    `${JSON.stringify({ conversation, ...message, ...(isDeleted(message) && { text: null }), reactions, epoch })}\n`;
