/**
 * Pictures of people and groups: small, one each, in the database, so that they go with whom they show. Only what browsers show as
 * pictures is taken, and nothing that says where it was taken.
 */
import { createHash } from 'node:crypto';
import { fileTypeFromBuffer } from 'file-type';
import type { Pool, PoolClient } from '../database/pool.ts';

type Queries = Pick<PoolClient, 'query'>;

/** Whom a picture shows. */
export type Shown = { readonly user: string } | { readonly conversation: string };

const TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/webp'];

/** Undefined for what is no picture, or holds Exif. */
export async function pictureType(bytes: Buffer): Promise<string | undefined> {
  const type = (await fileTypeFromBuffer(bytes))?.mime;
  return type && TYPES.includes(type) && !hasExif(bytes, type) ? type : undefined;
}

/** Where cameras write the place. */
function hasExif(bytes: Buffer, type: string): boolean {
  if (type === 'image/jpeg') return bytes.includes('Exif\0\0');
  if (type === 'image/png') return bytes.includes('eXIf');
  // The flags of an extended WebP, https://developers.google.com/speed/webp/docs/riff_container
  return bytes.toString('latin1', 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 0x08) !== 0;
}

/** Replaces the former one. Answers the id, which is another one for other bytes. */
export async function putPicture(
  client: Queries,
  shown: Shown,
  { bytes, type }: { bytes: Buffer; type: string },
): Promise<string> {
  const [column, owner] = ownerOf(shown);
  const id = pictureId(shown, bytes);
  await client.query(
    `insert into pictures (id, ${column}, type, bytes) values ($1, $2, $3, $4)
     on conflict (${column}) do update set id = excluded.id, type = excluded.type, bytes = excluded.bytes`,
    [id, owner, type, bytes],
  );
  return id;
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
