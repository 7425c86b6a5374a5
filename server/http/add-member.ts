/** Somebody becomes a member of a group: what must hold whoever lets them in, and what those who were there hear of it. */
import type { Role } from '../../schema/http/conversations.ts';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { MAX_MEMBERS } from '../../schema/limits.ts';
import type { Clock } from '../clock.ts';
import type { PoolClient } from '../database/pool.ts';
import { announce, announceChange, type Change } from '../fan-out/announce.ts';
import type { FanOut } from '../fan-out/fan-out.ts';
import { HttpProblem } from './problem.ts';

/** The group is locked. Throws 404 when there is no such person, 409 when it is not possible now. */
export async function addMember(
  client: PoolClient,
  { id, person, role }: { id: string; person: string; role: Role },
): Promise<void> {
  const { rows } = await client.query<{ exists: boolean; leaving: boolean; count: number }>(
    `select exists (select from users where id = $2 and deleted_at is null and deactivated_at is null), count(*)::int as count,
       exists (select from erasures where conversation = $1 and "user" = $2) as leaving
     from members where conversation = $1`,
    [id, person],
  );
  if (!rows[0]?.exists) throw new HttpProblem(404, { detail: 'There is no such person' });
  // What they write from now on would be erased, too.
  if (rows[0].leaving)
    throw new HttpProblem(409, { detail: 'What this person wrote here is being erased; try again in a moment' });
  if (rows[0].count >= MAX_MEMBERS)
    throw new HttpProblem(409, { detail: `A group has at most ${MAX_MEMBERS} members` });
  await client.query('insert into members (conversation, "user", role) values ($1, $2, $3)', [id, person, role]);
  await client.query('delete from removals where conversation = $1 and "user" = $2', [id, person]);
}

/** After the commit: rooms let the person in, the devices of that person show the group, those of all others the person. */
export function announceMember(
  { fanOut, clock }: { fanOut: FanOut; clock: Clock },
  { person, from, epoch, changes }: { person: string; from: UserId; epoch: number; changes: readonly Change[] },
): void {
  for (const change of changes) {
    fanOut.publish('membership', { conversation: change.conversation as ConversationId });
    announce(fanOut, { conversation: change.conversation, epoch, from, at: clock.now(), members: [person] });
    announceChange(fanOut, { ...change, members: change.members.filter((member) => member !== person) });
  }
}
