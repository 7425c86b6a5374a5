/**
 * What was committed to a document after an entry that somebody knows, for whoever was slower: the entries, who submitted each, and
 * who writes the document now, as they stood together at one instant.
 */
import type { Pool } from 'pg';
import type { DocumentId, UserId } from '../../schema/ids.ts';
import type { SealedEntry } from '../fan-out/sealed-entry.ts';
import { cut } from './parts.ts';

export interface News {
  /** Gapless from the known entry on; none when that is the last. */
  readonly entries: readonly SealedEntry[];
  /** Of each entry; null: a server. */
  readonly users: readonly (UserId | null)[];
  readonly membership: number;
  /** A later epoch is open. */
  readonly isClosed: boolean;
  /** One of them edits or deletes. */
  readonly erases: boolean;
}

interface Row {
  head: number;
  membership: number;
  is_closed: boolean;
  erases: boolean;
  writers: [number, UserId | null][] | null;
  lengths: number[] | null;
  users: (UserId | null)[] | null;
  updates: Buffer | null;
}

const NEWS = `
  select d.head, d.membership, coalesce(c.epoch > d.epoch, false) as is_closed, coalesce(d.erased > $2, false) as erases,
    w.writers, j.lengths, j.users, j.updates
  from documents d
  left join conversations c on c.id = d.conversation
  cross join lateral (
    select json_agg(octet_length("update") order by seq) as lengths, json_agg("user" order by seq) as users,
      string_agg("update", ''::bytea order by seq) as updates
    from journal where document = d.id and seq > $2
  ) j
  cross join lateral (
    select json_agg(json_build_array(client_id, "user")) as writers
    from writers where conversation = d.conversation and epoch = d.epoch
  ) w
  where d.id = $1`;

/** Undefined when the journal does not have all of it any more, or there is no such document. */
export async function loadNews(pool: Pick<Pool, 'query'>, id: DocumentId, seq: number): Promise<News | undefined> {
  const { rows } = await pool.query<Row>({ name: 'news', text: NEWS, values: [id, seq] });
  const [row] = rows;
  const lengths = row?.lengths ?? [];
  if (!row || lengths.length !== row.head - seq) return undefined;
  const bindings = (row.writers ?? []).map(([writer, user]) => ({ writer, user }));
  const entries = cut(row.updates, lengths).map((update, index) => ({
    ...{ update, seq: seq + 1 + index, closes: false },
    bindings: index === 0 ? bindings : [],
  }));
  return { entries, users: row.users ?? [], membership: row.membership, isClosed: row.is_closed, erases: row.erases };
}
