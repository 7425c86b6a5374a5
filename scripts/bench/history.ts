/**
 * Long conversations for the benchmarks: every epoch as the snapshot that ten people who write in turn and read everything
 * would have left, written straight into the tables. A million messages through sockets would take a quarter of an hour, this
 * way they take a minute and a half; the test beside this file proves that neither rooms nor rows tell the difference.
 */

import { MESSAGES, type Message, RECEIPTS } from '../../schema/document/message.ts';
import { type ConversationId, documentId, messageId, type UserId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import type { Pool, PoolClient } from '../../server/database/pool.ts';
import { inTransaction } from '../../server/database/transaction.ts';
import { mergeEntries } from '../../server/journal/merge.ts';
import { type WritableStruct, writeUpdate } from '../../server/room/write-update.ts';
import { Projection, writeMessages } from '../../server/workers/projection.ts';
import type { ReadReceipt } from '../../server/workers/read-entry.ts';
import { rebuildDocument } from '../../server/workers/rebuild.ts';

export interface HistoryOptions {
  readonly conversation: ConversationId;
  readonly people: readonly UserId[];
  readonly messages: number;
  /** When the first was written, ms since 1970. */
  readonly startMs?: number;
}

const START_MS = Date.parse('2025-01-01T00:00:00Z');
/** A million messages are then less than a year. */
const INTERVAL_MS = 20_000;
/** Enough that this process and Postgres never wait for each other. */
const AT_ONCE = 3;
const WORDS = 'the a to and boat harbour we meet later no yes why evening bread train tomorrow fish rain map key'.split(
  ' ',
);

/** Five to fourteen words, the same for the same number. */
export function textOf(n: number): string {
  let state = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  const next = (end: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  };
  return Array.from({ length: 5 + next(10) }, () => WORDS[next(WORDS.length)]).join(' ');
}

/** Each person has one writer in each epoch for messages and one for receipts. */
const writerOf = (epoch: number, person: number): number => 1_000 + epoch * 64 + person;
const readerOf = (epoch: number, person: number): number => writerOf(epoch, person) + 32;

/** What the only epoch of such a history ends with: its last element, and by place what each has read and where that is written. */
export function historyEnd({ people, messages }: { people: number; messages: number }) {
  const clocks = Array.from({ length: people }, (_, person) => Math.ceil((messages - person) / people) - 1);
  const lastPerson = (messages - 1) % people;
  return {
    last: { writer: writerOf(0, lastPerson), clock: clocks[lastPerson] as number },
    receiptOf: (person: number) => ({
      writer: readerOf(0, person),
      clock: 0,
      vector: Object.fromEntries(
        clocks.flatMap((clock, other) => (other === person ? [] : [[writerOf(0, other).toString(36), clock]])),
      ) as Readonly<Record<string, number>>,
    }),
  };
}

interface EpochOptions {
  readonly epoch: number;
  /** The number of its first message in the conversation. */
  readonly first: number;
  readonly count: number;
  readonly people: readonly UserId[];
  readonly startMs: number;
}

/** What an epoch says, and the structs that say it. */
function contentsOf({ epoch, first, count, people, startMs }: EpochOptions) {
  const structs = new Map<number, WritableStruct[]>();
  const messages: Message[] = [];
  let origin: { client: number; clock: number } | null = null;
  for (let n = 0; n < count; n++) {
    const person = n % people.length;
    const client = writerOf(epoch, person);
    const list = structs.get(client) ?? [];
    structs.set(client, list);
    const clock = list.length;
    const from = people[person] as UserId;
    const at = startMs + (first + n) * INTERVAL_MS;
    const value: Message = { id: messageId(client, clock), from, at, text: textOf(first + n) };
    messages.push(value);
    list.push({ client, clock, length: 1, origin, root: MESSAGES, key: null, values: [value] });
    origin = { client, clock };
  }
  const last = new Map([...structs].map(([client, list]) => [client, list.length - 1]));
  const receipts = people.map((user, person): ReadReceipt => {
    const client = readerOf(epoch, person);
    const others = [...last].filter(([writer]) => writer !== writerOf(epoch, person));
    const vector = Object.fromEntries(others.map(([writer, clock]) => [writer.toString(36), clock]));
    const value = { d: vector, r: vector };
    structs.set(client, [{ client, clock: 0, length: 1, origin: null, root: RECEIPTS, key: user, values: [value] }]);
    return { user, shown: vector };
  });
  return { structs, messages, receipts };
}

/**
 * Writes the conversation; its newest epoch is full and still open. Rows are equal to those the product makes of the same
 * snapshots, but `read_receipts` exist for the newest epoch only: no request reads them, and nine rows a message would be
 * most of the time.
 *
 * @returns the newest epoch.
 */
export async function seedHistory(pool: Pool, options: HistoryOptions): Promise<number> {
  const { conversation, people, messages, startMs = START_MS } = options;
  const newest = Math.ceil(messages / EPOCH_LIMITS.messages) - 1;
  await pool.query("insert into conversations (id, kind, title, epoch) values ($1, 'group', 'A long one', $2)", [
    conversation,
    newest,
  ]);
  await pool.query(
    `insert into members (conversation, "user", role)
     select $1, id, case n when 1 then 'owner' else 'member' end from unnest($2::text[]) with ordinality as p (id, n)`,
    [conversation, people],
  );
  // Several at a time: states are made here while Postgres makes rows.
  let next = 0;
  const work = async (): Promise<void> => {
    while (next <= newest) {
      const epoch = next++;
      const first = epoch * EPOCH_LIMITS.messages;
      const count = Math.min(EPOCH_LIMITS.messages, messages - first);
      await inTransaction(pool, (client) => writeEpoch(client, { conversation, epoch, first, count, people, startMs }));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await rebuildDocument(pool, documentId(conversation, newest));
  return newest;
}

async function writeEpoch(client: PoolClient, options: EpochOptions & { conversation: ConversationId }): Promise<void> {
  const { conversation, epoch, count, people } = options;
  const document = documentId(conversation, epoch);
  const { structs, ...contents } = contentsOf(options);
  await client.query(
    "insert into documents (id, conversation, epoch, generation, head, projected) values ($1, $2, $3, 'g', $4, $4)",
    [document, conversation, epoch, count],
  );
  const { rows } = await client.query<{ at: string }>(
    'insert into snapshots (document, seq, state) values ($1, $2, $3) returning created_at::text as at',
    [document, count, mergeEntries(undefined, [writeUpdate(structs, [])])],
  );
  await client.query(
    `insert into writers (conversation, client_id, "user", epoch) select $1, w, u, $2 from unnest($3::bigint[], $4::text[]) as t (w, u)`,
    [
      conversation,
      epoch,
      people.flatMap((_, person) => [writerOf(epoch, person), readerOf(epoch, person)]),
      people.flatMap((user) => [user, user]),
    ],
  );
  const projection = new Projection();
  projection.add(
    { conversation, epoch, seq: count, committedAt: rows[0]?.at as string },
    { ...contents, reactions: [] },
  );
  await writeMessages(client, projection.messages());
  await client.query(
    `insert into read_clocks (conversation, "user", epoch, writer, clock)
     select conversation, "user", epoch, writer, clock from json_to_recordset($1)
       as r (conversation text, "user" text, epoch integer, writer bigint, clock bigint)`,
    [JSON.stringify(projection.receipts())],
  );
}
