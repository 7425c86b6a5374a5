/** Who takes part in a simulated run, and the rows that a conversation of theirs begins with. */
import type { ConversationId, DocumentId, UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

export const PEOPLE = ['ana', 'bo', 'cy', 'di'] as UserId[];

const DAY_MS = 86_400_000;

/** How far the clocks of devices are off: mostly seconds, and by years when a battery was empty. */
export const SKEWS_MS: readonly number[] = [
  0,
  0,
  900,
  -40_000,
  300_000,
  -7_200_000,
  3 * DAY_MS,
  -400 * DAY_MS,
  4_000 * DAY_MS,
  -12_000 * DAY_MS,
];

export interface NewConversation {
  readonly conversation: ConversationId;
  readonly document: DocumentId;
  readonly kind: 'direct' | 'group';
}

export async function createConversation(pool: Pool, { conversation, document, kind }: NewConversation): Promise<void> {
  await pool.query(
    `insert into users (id, name, email) select id, id, id || '@example.org' from unnest($1::text[]) as id on conflict do nothing`,
    [PEOPLE],
  );
  const directKey = kind === 'direct' ? conversation : null;
  await pool.query('insert into conversations (id, kind, direct_key) values ($1, $2, $3)', [
    conversation,
    kind,
    directKey,
  ]);
  await pool.query(`insert into documents (id, conversation, epoch, generation) values ($1, $2, 0, 'g')`, [
    document,
    conversation,
  ]);
}
