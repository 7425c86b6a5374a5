/** Pictures of people and groups: small, one each, in the database, so that they go with whom they show. `picture-format.ts` says which are taken. */
import { createHash } from 'node:crypto';
import type { Pool, PoolClient } from '../database/pool.ts';
import type { PictureType } from './picture-format.ts';

type Queries = Pick<PoolClient, 'query'>;

/** Whom a picture shows. */
export type Shown = { readonly user: string } | { readonly conversation: string };

/** Replaces the former one. Answers the id, which is another one for other bytes; undefined when who is to wear it is gone. */
export async function putPicture(
  client: Queries,
  shown: Shown,
  { bytes, type }: { bytes: Buffer; type: PictureType },
): Promise<string | undefined> {
  const [column, owner] = ownerOf(shown);
  const id = pictureId(shown, bytes);
  // Locked: an account that ends at this moment takes the picture along, or has ended before it.
  const wearer =
    'user' in shown
      ? 'select from users where id = $2 and deleted_at is null for share'
      : 'select from conversations where id = $2';
  const { rowCount } = await client.query(
    `insert into pictures (id, ${column}, type, bytes) select $1, $2, $3, $4 from (${wearer}) as wearer
     on conflict (${column}) do update set id = excluded.id, type = excluded.type, bytes = excluded.bytes`,
    [id, owner, type, bytes],
  );
  return rowCount === 1 ? id : undefined;
}

/** Whose it is and the bytes decide: under an id never stand others. */
export function pictureId(shown: Shown, bytes: Uint8Array): string {
  const [column, owner] = ownerOf(shown);
  return createHash('sha256').update(`${column} ${owner} `).update(bytes).digest('hex').slice(0, 40);
}

export async function removePicture(client: Queries, shown: Shown): Promise<void> {
  const [column, owner] = ownerOf(shown);
  await client.query(`delete from pictures where ${column} = $1`, [owner]);
}

export async function findPicture(
  pool: Pick<Pool, 'query'>,
  id: string,
): Promise<{ readonly type: string; readonly bytes: Buffer } | undefined> {
  const { rows } = await pool.query<{ type: string; bytes: Buffer }>({
    name: 'picture',
    text: 'select type, bytes from pictures where id = $1',
    values: [id],
  });
  return rows[0];
}

const ownerOf = (shown: Shown): readonly [column: '"user"' | 'conversation', owner: string] =>
  'user' in shown ? ['"user"', shown.user] : ['conversation', shown.conversation];
