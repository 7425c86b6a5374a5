/**
 * Long conversations for the benchmarks: every epoch as the snapshot that ten people who write in turn and read everything
 * would have left, written straight into the tables. A million messages through sockets would take a quarter of an hour;
 * the test beside this file proves that rooms cannot tell the difference.
 */

import { MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { type ConversationId, documentId, type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { EPOCH_LIMITS } from '../../schema/limits.ts';
import type { Pool } from '../../server/database/pool.ts';
import { mergeEntries } from '../../server/journal/merge.ts';
import { type WritableStruct, writeUpdate } from '../../server/room/write-update.ts';
import { rebuildDocument } from '../../server/workers/rebuild.ts';

export interface HistoryOptions {
  readonly conversation: ConversationId;
  readonly people: readonly UserId[];
  readonly messages: number;
}

const START_MS = Date.parse('2025-01-01T00:00:00Z');
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

/** The state of one epoch whose first message is number `first` of the conversation. */
export function epochState(options: {
  epoch: number;
  first: number;
  count: number;
  people: readonly UserId[];
}): Uint8Array {
  const { epoch, first, count, people } = options;
  const structs = new Map<number, WritableStruct[]>();
  let origin: { client: number; clock: number } | null = null;
  for (let n = 0; n < count; n++) {
    const person = n % people.length;
    const client = writerOf(epoch, person);
    const list = structs.get(client) ?? [];
    structs.set(client, list);
    const clock = list.length;
    const from = people[person] as UserId;
    const value = {
      id: messageId(client, clock) as MessageId,
      from,
      at: START_MS + (first + n) * 60_000,
      text: textOf(first + n),
    };
    list.push({ client, clock, length: 1, origin, root: MESSAGES, key: null, values: [value] });
    origin = { client, clock };
  }
  const last = new Map([...structs].map(([client, list]) => [client, list.length - 1]));
  people.forEach((user, person) => {
    const client = readerOf(epoch, person);
    const others = [...last].filter(([writer]) => writer !== writerOf(epoch, person));
    const vector = Object.fromEntries(others.map(([writer, clock]) => [writer.toString(36), clock]));
    const value = { d: vector, r: vector };
    structs.set(client, [{ client, clock: 0, length: 1, origin: null, root: RECEIPTS, key: user, values: [value] }]);
  });
  return mergeEntries(undefined, [writeUpdate(structs, [])]);
}

/** Writes the conversation; its newest epoch is full and still open. Answers the newest epoch. */
export async function seedHistory(pool: Pool, { conversation, people, messages }: HistoryOptions): Promise<number> {
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
  for (let epoch = 0; epoch <= newest; epoch++) {
    const first = epoch * EPOCH_LIMITS.messages;
    const count = Math.min(EPOCH_LIMITS.messages, messages - first);
    const document = documentId(conversation, epoch);
    await pool.query("insert into documents (id, conversation, epoch, generation, head) values ($1, $2, $3, 'g', $4)", [
      document,
      conversation,
      epoch,
      count,
    ]);
    await pool.query('insert into snapshots (document, seq, state) values ($1, $2, $3)', [
      document,
      count,
      epochState({ epoch, first, count, people }),
    ]);
    await pool.query(
      `insert into writers (conversation, client_id, "user", epoch) select $1, w, u, $2 from unnest($3::bigint[], $4::text[]) as t (w, u)`,
      [
        conversation,
        epoch,
        people.flatMap((_, person) => [writerOf(epoch, person), readerOf(epoch, person)]),
        people.flatMap((user) => [user, user]),
      ],
    );
    await rebuildDocument(pool, document);
  }
  return newest;
}
