/**
 * Who may change a group: reads the asker's role under a lock on the conversation, so that two changes of one group come
 * one after the other and each judges what the former left.
 */
import type { Role } from '../../schema/http/conversations.ts';
import type { PoolClient } from '../database/pool.ts';
import { HttpProblem } from './problem.ts';

/** The same whether it does not exist or is none of the asker's business. */
export const NOT_FOUND = { detail: 'There is no such conversation' };

/** Locks the conversation until the transaction ends; throws 404 for who is no member. */
export async function requireMembership(
  client: PoolClient,
  id: string,
  user: string,
): Promise<{ readonly kind: 'direct' | 'group'; readonly role: Role }> {
  // No key update: rows that only refer to the conversation (messages, writers) are still inserted meanwhile.
  const { rows } = await client.query<{ kind: 'direct' | 'group' }>(
    'select kind from conversations where id = $1 for no key update',
    [id],
  );
  // Read after the lock was granted: a statement that waited for it would see the role as it was before.
  const members = await client.query<{ role: Role }>(
    'select role from members where conversation = $1 and "user" = $2',
    [id, user],
  );
  const role = members.rows[0]?.role;
  if (!rows[0] || !role) throw new HttpProblem(404, NOT_FOUND);
  return { kind: rows[0].kind, role };
}

/** Locks the group until the transaction ends and answers the asker's role; throws 404 for others, 409 for a direct one. */
export async function requireGroup(client: PoolClient, id: string, user: string): Promise<Role> {
  const { kind, role } = await requireMembership(client, id, user);
  if (kind === 'direct')
    throw new HttpProblem(409, { detail: 'A direct conversation belongs to its two people and cannot be changed' });
  return role;
}

export function requireRole(role: Role, ...allowed: Role[]): void {
  if (!allowed.includes(role)) throw new HttpProblem(403, { detail: `Only an ${allowed.join(' or ')} may do this` });
}
