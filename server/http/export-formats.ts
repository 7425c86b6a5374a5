/** The formats of an export, each as pieces of bytes in order. They know rows, not where the pieces go. */
import * as encoding from 'lib0/encoding';
import { exportHtml, momentOf, namesOf, type PageMessage, titleOf } from '../../schema/export/page.ts';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { ExportedMessage } from '../../schema/http/export.ts';
import type { ConversationId } from '../../schema/ids.ts';
import { messageOf } from '../database/message-row.ts';
import type { Pool } from '../database/pool.ts';
import { type ExportRow, exportPages, exportStates, findPeople } from './export-rows.ts';
import type { MessagePosition } from './message-rows.ts';

export interface ExportRequest {
  readonly pool: Pick<Pool, 'query'>;
  readonly conversation: Conversation;
  readonly nowMs: number;
  /** Where an earlier `ndjson` export ended. */
  readonly after: MessagePosition | undefined;
  /** IANA name, for the days and times of `html`. */
  readonly timeZone: string;
}

interface Format {
  readonly contentType: string;
  readonly extension: string;
  readonly pieces: (request: ExportRequest) => AsyncGenerator<string | Uint8Array>;
}

export const FORMATS = {
  ndjson: { contentType: 'application/x-ndjson; charset=utf-8', extension: 'ndjson', pieces: ndjson },
  json: { contentType: 'application/json; charset=utf-8', extension: 'json', pieces: json },
  html: { contentType: 'text/html; charset=utf-8', extension: 'html', pieces: html },
  yjs: { contentType: 'application/octet-stream', extension: 'yjs', pieces: yjs },
} as const satisfies Record<string, Format>;

const exported = (conversation: string, row: ExportRow): ExportedMessage => ({
  conversation,
  ...messageOf(row),
  ...(row.read_by && { readBy: row.read_by }),
});

async function* ndjson({ pool, conversation: { id }, after }: ExportRequest): AsyncGenerator<string> {
  for await (const rows of exportPages(pool, { conversation: id, after }))
    yield rows.map((row) => `${JSON.stringify(exported(id, row))}\n`).join('');
}

async function* json({ pool, conversation, nowMs }: ExportRequest): AsyncGenerator<string> {
  const people = Object.fromEntries(await findPeople(pool, conversation.id));
  const head = JSON.stringify({ conversation, exportedAt: nowMs, people });
  yield `${head.slice(0, -1)},"messages":[`;
  let separator = '\n';
  for await (const rows of exportPages(pool, { conversation: conversation.id, after: undefined })) {
    yield separator + rows.map((row) => JSON.stringify(exported(conversation.id, row))).join(',\n');
    separator = ',\n';
  }
  yield '\n]}\n';
}

async function* html({ pool, conversation, nowMs, timeZone }: ExportRequest): AsyncGenerator<string> {
  yield* exportHtml({
    title: titleOf(conversation),
    notes: [namesOf(conversation.members), `Exported ${momentOf(nowMs, timeZone)}, times in ${timeZone}`],
    people: await findPeople(pool, conversation.id),
    pages: pagesOf(exportPages(pool, { conversation: conversation.id, after: undefined }), conversation),
    timeZone,
  });
}

async function* pagesOf(
  pages: AsyncIterable<readonly ExportRow[]>,
  { pins = [] }: Pick<Conversation, 'pins'>,
): AsyncGenerator<readonly PageMessage[]> {
  const pinned = new Set(pins.map(({ message }) => message));
  for await (const rows of pages)
    yield rows.map((row) => ({
      ...messageOf(row),
      isPinned: pinned.has(row.id),
      ...(row.re_sender !== null && { quote: { from: row.re_sender, text: row.re_body } }),
    }));
}

/** For each epoch the document's id as varString and its state as varUint8Array. */
async function* yjs({ pool, conversation }: ExportRequest): AsyncGenerator<Uint8Array> {
  for await (const { document, state } of exportStates(pool, conversation.id as ConversationId)) {
    yield encoding.encode((encoder) => {
      encoding.writeVarString(encoder, document);
      encoding.writeVarUint8Array(encoder, state);
    });
  }
}
