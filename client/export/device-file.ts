/** Writes a conversation to a file from what this device holds, for when there is no server: the same formats, less complete. */
import { isDeleted, type Message } from '../../schema/document/message.ts';
import { foldTimeline } from '../../schema/document/timeline.ts';
import { exportHtml, pageMessages } from '../../schema/export/page.ts';
import { type ConversationId, parseDocumentId } from '../../schema/ids.ts';
import type { ConversationSummary } from '../conversation/conversation.ts';
import { listDocuments, readMessages } from '../search/stored-messages.ts';

export interface DeviceFileOptions {
  /** The name of the account's database. */
  readonly account: string;
  readonly summary: ConversationSummary;
  readonly format: 'html' | 'ndjson';
  /** Said under the title of the page. */
  readonly note: string;
}

export async function writeDeviceFile({ account, summary, format, note }: DeviceFileOptions): Promise<Blob> {
  const messages = await readAll(account, summary.id);
  if (format === 'ndjson') return new Blob(messages.map(lineOf(summary.id)), { type: 'application/x-ndjson' });
  const page = exportHtml({
    title: summary.title,
    notes: [summary.members.map(({ name }) => name).join(', '), note],
    people: new Map(summary.members.map(({ id, name }) => [id, name])),
    pages: [pageMessages(messages.map(({ message }) => message))],
    timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const pieces: string[] = [];
  for await (const piece of page) pieces.push(piece);
  return new Blob(pieces, { type: 'text/html' });
}

interface Stored {
  readonly epoch: number;
  readonly message: Message;
}

/** Oldest first; one that stands in two epochs, as a late message may here, once. */
async function readAll(account: string, conversation: ConversationId): Promise<Stored[]> {
  const epochs: Stored[] = [];
  for (const record of await listDocuments(account)) {
    const place = parseDocumentId(record.document);
    if (place?.conversation !== conversation) continue;
    for (const message of await readMessages(account, record)) epochs.push({ epoch: place.epoch, message });
  }
  epochs.sort((a, b) => a.epoch - b.epoch);
  const places = new Map(epochs.map(({ epoch, message }) => [message.id, epoch]));
  return foldTimeline(epochs.map(({ message }) => message)).map((message) => ({
    message,
    epoch: places.get(message.id) ?? 0,
  }));
}

const lineOf =
  (conversation: string) =>
  ({ message, epoch }: Stored): string =>
    `${JSON.stringify({ conversation, ...message, ...(isDeleted(message) && { text: null }), epoch })}\n`;
