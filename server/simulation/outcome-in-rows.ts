/** What must be true of the database once a run has come to rest: writers, projection, and the absence of erased texts. */
import * as Y from 'yjs';
import { isDeleted, type Message } from '../../schema/document/message.ts';
import { covers } from '../../schema/document/receipts.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import { Ledger, Violation } from './ledger.ts';
import type { World } from './world.ts';

export async function requireRows(world: World): Promise<void> {
  await requireWriters(world);
  await requireProjection(world);
  await requireErased(world);
}

/** Every writer belongs to somebody for ever, so that nobody else can write in their name; a server has one for each copy. */
async function requireWriters({ pool, conversation, truth, ledger, loads }: World): Promise<void> {
  const { rows } = await pool.query<{ client_id: number; user: UserId | null }>(
    'select client_id, "user" from writers where conversation = $1',
    [conversation],
  );
  const bound = new Map(rows.map(({ client_id, user }) => [client_id, user]));
  for (const writer of truth.doc.store.clients.keys()) {
    const user = bound.get(writer);
    const own = ledger.userOf(writer);
    if (user === undefined) throw new Violation(`[P2] writer ${writer} of ${own ?? 'a server'} is bound to nobody`);
    if (own !== undefined && user !== own) throw new Violation(`[P2] writer ${writer} of ${own} is bound to ${user}`);
  }
  const servers = rows.filter(({ user }) => user === null).length;
  if (servers > loads) throw new Violation(`[P2] servers used ${servers} writers for ${loads} copies of the document`);
}

interface ProjectedMessage {
  id: MessageId;
  seq: number;
  sender: UserId;
  body: string | null;
  re: string | null;
  sent: number;
  edited: number | null;
  deleted: number | null;
  deleted_by: string | null;
}

async function requireProjection({ pool, conversation, truth, members }: World): Promise<void> {
  const { rows } = await pool.query<ProjectedMessage>(
    `select id, seq, sender, body, re, deleted_by, round(extract(epoch from sent_at) * 1000)::float8 as sent,
       round(extract(epoch from edited_at) * 1000)::float8 as edited, round(extract(epoch from deleted_at) * 1000)::float8 as deleted
     from messages where conversation = $1`,
    [conversation],
  );
  const projected = new Map(rows.map((row) => [row.id, JSON.stringify(row)]));
  for (const [id, message] of truth.rows) {
    const expected = JSON.stringify(projectionOf(message, truth.audit.seqOf.get(id) as number));
    const actual = projected.get(id);
    if (actual !== expected) throw new Violation(`[P7] the row of ${id} is\n${actual}, but the message\n${expected}`);
  }
  if (projected.size !== truth.rows.size)
    throw new Violation(`[P7] ${projected.size} rows stand for ${truth.rows.size} messages`);

  const { rows: read } = await pool.query<{ message: MessageId; user: UserId }>(
    'select message, "user" from read_receipts where conversation = $1',
    [conversation],
  );
  const actual = new Set(read.map(({ message, user }) => `${user} ${message}`));
  for (const [user, { r }] of truth.receipts) {
    for (const { id, from } of truth.rows.values()) {
      if (actual.has(`${user} ${id}`) === (from !== user && covers(r, id))) continue;
      throw new Violation(
        `[P7] the rows and the receipt of ${user} (${members.get(user)}) do not agree on having read ${id}`,
      );
    }
  }
}

/** With its keys in the order of the columns. */
function projectionOf(message: Message, seq: number): ProjectedMessage {
  const live = isDeleted(message) ? undefined : message;
  const gone = isDeleted(message) ? message : undefined;
  return {
    id: message.id,
    seq,
    sender: message.from,
    body: live?.text ?? null,
    re: live?.re ?? null,
    deleted_by: gone?.by ?? null,
    sent: message.at,
    edited: live?.editedAt ?? null,
    deleted: gone?.deletedAt ?? null,
  };
}

/** P4: a text that is in no row of the timeline is in no bytes, unless it waits on a device whose owner may not send it. */
async function requireErased({ pool, document, conversation, truth, ledger, tabs, browsers }: World): Promise<void> {
  const live = new Set([...truth.rows.values()].map((message) => (isDeleted(message) ? '' : message.text)));
  const gone = ledger.typed
    .filter(({ text, fate }) => !live.has(text) && fate.is !== 'waiting')
    .map(({ text }) => Ledger.token(text));
  const { rows } = await pool.query<{ place: string; bytes: Buffer }>(
    `select 'journal entry ' || seq as place, "update" as bytes from journal where document = $1
     union all select 'snapshot at ' || seq, state from snapshots where document = $1
     union all select 'row of ' || id, convert_to(coalesce(body, ''), 'UTF8') from messages where conversation = $2`,
    [document, conversation],
  );
  const places = rows.map(({ place, bytes }) => ({ place: `the server's ${place}`, bytes }));
  for (const { name, doc } of tabs)
    places.push({ place: `the document of ${name}`, bytes: Buffer.from(Y.encodeStateAsUpdate(doc)) });
  for (const browser of browsers) {
    browser.mergeStore();
    places.push({ place: `the store of ${browser.name}`, bytes: Buffer.concat(browser.store) });
  }
  for (const { place, bytes } of places) {
    for (const token of gone) {
      if (bytes.includes(token))
        throw new Violation(`[P4] the deleted, former or refused text ${token} stands in ${place}`);
    }
  }
}
