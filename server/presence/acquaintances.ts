/**
 * Who may see whom: two people who share a conversation, unless one of them hides presence. One statement for all pairs that
 * are asked at once.
 */
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';

export interface Pair {
  readonly watcher: UserId;
  readonly watched: UserId;
}

/** What two people have in common, and when the watched one was last seen (ms; 0: never). */
export interface Acquaintance {
  readonly conversation: ConversationId;
  readonly lastSeen: number;
}

/** For each pair, in order, whether the one may see the other; undefined: no. */
export async function findAcquaintances(
  pool: Pick<Pool, 'query'>,
  pairs: readonly Pair[],
): Promise<(Acquaintance | undefined)[]> {
  const { rows } = await pool.query<{ place: number; conversation: ConversationId; last_seen: number | null }>({
    name: 'acquaintances',
    // Lateral, so that it ends at the first conversation in common.
    text: `select pair.place::int, common.conversation, (extract(epoch from seen.at) * 1000)::bigint as last_seen
           from unnest($1::text[], $2::text[]) with ordinality as pair (watcher, watched, place)
           cross join lateral (
             select own.conversation from members own
             join members other on other.conversation = own.conversation and other."user" = pair.watched
             where own."user" = pair.watcher limit 1
           ) common
           left join last_seen seen on seen."user" = pair.watched
           where not exists (
             select from user_settings hides where hides."user" in (pair.watcher, pair.watched) and not hides.presence
           )`,
    values: [pairs.map(({ watcher }) => watcher), pairs.map(({ watched }) => watched)],
  });
  const found: (Acquaintance | undefined)[] = pairs.map(() => undefined);
  for (const { place, conversation, last_seen } of rows) found[place - 1] = { conversation, lastSeen: last_seen ?? 0 };
  return found;
}
