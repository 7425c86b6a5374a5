/**
 * Who the people of an archive are here: whom the operator names, else the account with their email address, else that with their
 * id, else a placeholder. A placeholder has no password, so nobody can sign in as it.
 */
import type { ArchivedPerson } from '../../schema/export/archive.ts';
import type { PoolClient } from '../database/pool.ts';

/** Archive id → email address or id here. */
export type NamedPeople = ReadonlyMap<string, string>;

/** After the id, in place of an address that is not known; nothing is ever delivered there (RFC 2606). */
const PLACEHOLDER = '@placeholder.invalid';

export interface ImportedPeople {
  /** Archive id → id here. */
  readonly ids: ReadonlyMap<string, string>;
  /** Ids here of those whose account is deleted; until `endAccounts` they have one, because only accounts become members. */
  readonly gone: readonly string[];
  /** Archive ids of those who had no account here. */
  readonly made: ReadonlySet<string>;
}

/** Finds or makes everybody; or says why that cannot be. */
export async function importPeople(
  client: PoolClient,
  people: readonly ArchivedPerson[],
  named: NamedPeople,
): Promise<ImportedPeople | { readonly refused: string }> {
  const ids = new Map<string, string>();
  const gone: string[] = [];
  const made = new Set<string>();
  for (const person of people) {
    const asked = named.get(person.id);
    const found =
      (await findAccount(client, asked ?? person.email ?? person.id)) ??
      (asked === undefined ? await findAccount(client, person.id) : undefined);
    if (asked !== undefined && !found) return { refused: `there is no account ${asked} for ${person.name}` };
    const id = found?.id ?? (await insertPlaceholder(client, person));
    if (!found) made.add(person.id);
    ids.set(person.id, id);
    if (found ? found.isDeleted : person.isDeleted) gone.push(id);
  }
  if (new Set(ids.values()).size < ids.size) return { refused: 'two of its people would be the same account here' };
  await client.query(
    'update users set email = lower(id) || $2, deleted_at = null where id = any($1) and deleted_at is not null',
    [gone, PLACEHOLDER],
  );
  return { ids, gone, made };
}

async function findAccount(
  client: PoolClient,
  asked: string,
): Promise<{ readonly id: string; readonly isDeleted: boolean } | undefined> {
  const { rows } = await client.query<{ id: string; isDeleted: boolean }>(
    `select id, deleted_at is not null as "isDeleted" from users where id = $1 or email = lower($1)
     order by id = $1 desc limit 1`,
    [asked],
  );
  return rows[0];
}

/** Under the id of the archive, so that what is exported here again is the same. */
async function insertPlaceholder(client: PoolClient, { id, name, email }: ArchivedPerson): Promise<string> {
  await client.query('insert into users (id, name, email) values ($1, $2, lower($3))', [
    id,
    name,
    email ?? id + PLACEHOLDER,
  ]);
  return id;
}

export async function endAccounts(client: PoolClient, { gone }: ImportedPeople): Promise<void> {
  await client.query('update users set email = null, deleted_at = now() where id = any($1)', [gone]);
}
