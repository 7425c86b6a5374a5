/**
 * Loading a document from rows: newest snapshot, the entries after it, writers and members, as they stood together at one
 * instant. It applies nothing and knows neither rooms nor Yjs; a journal with a hole is an error, never a shorter document.
 */
import type { Role } from '../../schema/http/conversations.ts';
import type { ConversationId, DocumentId, UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { cut } from './parts.ts';

export interface StoredDocument {
  /** Undefined for an account document. */
  readonly conversation: ConversationId | undefined;
  readonly epoch: number;
  /** A later epoch was opened: new messages belong there. */
  readonly isClosed: boolean;
  readonly generation: string;
  /** The seq of the last of `entries`; with none, of the snapshot; with neither, 0. */
  readonly head: number;
  readonly membership: number;
  readonly kind: 'direct' | 'group' | 'account';
  /** The newest snapshot. */
  readonly state?: Uint8Array;
  /** The updates after the snapshot, in order. */
  readonly entries: readonly Uint8Array[];
  /** The writers of this epoch; null is a server, or somebody in another epoch. */
  readonly writers: Map<number, UserId | null>;
  /** Of an account document its owner. Without those whose account is deleted or deactivated. */
  readonly members: Map<UserId, Role>;
  /** Members who may do nothing until their account is active again. */
  readonly inactive: ReadonlySet<UserId>;
}

/** A document whose rows contradict each other. Nothing can be built from it until a person has looked. */
export class CorruptDocument extends Error {
  constructor(document: DocumentId, detail: string) {
    super(`Document ${document} is corrupt: ${detail}`);
    this.name = 'CorruptDocument';
  }
}

interface Row {
  conversation: ConversationId | null;
  owner: UserId | null;
  is_owner_inactive: boolean;
  epoch: number;
  is_closed: boolean;
  generation: string;
  head: number;
  membership: number;
  kind: 'direct' | 'group' | null;
  snapshot_seq: number | null;
  state: Buffer | null;
  first_seq: number | null;
  last_seq: number | null;
  lengths: number[] | null;
  updates: Buffer | null;
  writers: [number, UserId | null][] | null;
  members: [UserId, Role, isDeactivated: boolean][] | null;
}

// One statement, so one instant, whatever commits or snapshots go on.
const LOAD = `
  select d.conversation, d."user" as owner, exists (select from users where id = d."user" and deactivated_at is not null) as is_owner_inactive,
    d.epoch, coalesce(c.epoch > d.epoch, false) as is_closed, d.generation, d.head, d.membership, c.kind,
    s.seq as snapshot_seq, s.state, j.first_seq, j.last_seq, j.lengths, j.updates, w.writers, m.members
  from documents d
  left join conversations c on c.id = d.conversation
  left join lateral (
    select seq, state from snapshots where document = d.id order by seq desc limit 1
  ) s on true
  cross join lateral (
    select min(seq) as first_seq, max(seq) as last_seq,
      json_agg(octet_length("update") order by seq) as lengths, string_agg("update", ''::bytea order by seq) as updates
    from journal where document = d.id and seq > coalesce(s.seq, 0)
  ) j
  cross join lateral (
    select json_agg(json_build_array(client_id, case when epoch = d.epoch then "user" end)) as writers
    from writers where conversation = d.conversation and (epoch = d.epoch or client_id = any($2))
  ) w
  cross join lateral (
    select json_agg(json_build_array(u.id, m.role, u.deactivated_at is not null)) as members
    from members m join users u on u.id = m."user" where m.conversation = d.conversation and u.deleted_at is null
  ) m
  where d.id = $1`;

/**
 * Reads a document in one round trip; undefined when there is none. Throws `CorruptDocument` when an entry is missing.
 *
 * @param suspects writers that may belong to somebody in another epoch.
 */
export async function loadDocument(
  pool: Pick<Pool, 'query'>,
  id: DocumentId,
  suspects: readonly number[] = [],
): Promise<StoredDocument | undefined> {
  const { rows } = await pool.query<Row>({ name: 'load-document', text: LOAD, values: [id, suspects] });
  const row = rows[0];
  if (!row) return undefined;
  const lengths = row.lengths ?? [];
  const first = (row.snapshot_seq ?? 0) + 1;
  const isGapless =
    lengths.length === 0
      ? row.head === first - 1
      : row.first_seq === first && row.last_seq === row.head && lengths.length === row.head - first + 1;
  if (!isGapless) {
    const found = lengths.length === 0 ? 'none' : `${lengths.length} from ${row.first_seq} to ${row.last_seq}`;
    throw new CorruptDocument(id, `entries ${first} to ${row.head} should follow the snapshot, found ${found}`);
  }
  const members: typeof row.members = row.owner ? [[row.owner, 'owner', row.is_owner_inactive]] : (row.members ?? []);
  return {
    conversation: row.conversation ?? undefined,
    epoch: row.epoch,
    isClosed: row.is_closed,
    generation: row.generation,
    head: row.head,
    membership: row.membership,
    kind: row.kind ?? 'account',
    ...(row.state && { state: row.state }),
    entries: cut(row.updates, lengths),
    writers: new Map(row.writers ?? []),
    members: new Map(members.flatMap(([user, role, isDeactivated]) => (isDeactivated ? [] : [[user, role]]))),
    inactive: new Set(members.flatMap(([user, , isDeactivated]) => (isDeactivated ? [user] : []))),
  };
}
