/**
 * When sessions were last used, for the list of devices. Use is noted in memory and written in one statement now and then, so
 * that no request and no frame costs a write: an open session every five minutes, and once more when its last socket closed.
 */
import type { Pool } from 'pg';
import type { Clock } from '../clock.ts';

/** "Last seen" needs no more; ten thousand open sessions are 33 rows a second. */
const SEEN_EVERY_MS = 5 * 60_000;

/** An open session is written this often at the latest; a server that died says nothing, and its sessions fade after this. */
export const ACTIVE_WITHIN_MS = SEEN_EVERY_MS + 60_000;

export interface LastSeen {
  /** A request showed this session. */
  used(session: string): void;
  /** Writes what is due; `open` are the sessions that have a socket here. Rejects when the database cannot be asked. */
  write(open: ReadonlySet<string>): Promise<void>;
}

export function createLastSeen({ pool, clock }: { pool: Pick<Pool, 'query'>; clock: Clock }): LastSeen {
  let used = new Set<string>();
  let formerlyOpen: ReadonlySet<string> = new Set();
  return {
    used: (session) => void used.add(session),
    async write(open) {
      const closed = [...formerlyOpen].filter((session) => !open.has(session));
      const requested = [...used].filter((session) => !open.has(session) && !closed.includes(session));
      if (open.size + closed.length + requested.length > 0) {
        const now = clock.now();
        // A request alone does not tell whether there is a socket, here or on another server. Rows that are locked are
        // being written by somebody else: waiting for them in another order would be a deadlock.
        await pool.query(
          `with seen as (
             select unnest($1::text[]) as id, true as is_open
             union all select unnest($2::text[]), false
             union all select unnest($3::text[]), null
           ), due as (
             select sessions.id, coalesce(seen.is_open, sessions.is_open) as is_open from sessions join seen using (id)
             where sessions.is_open <> seen.is_open or sessions.seen_at < $5
             for update of sessions skip locked
           )
           update sessions set seen_at = $4, is_open = due.is_open from due where sessions.id = due.id`,
          [[...open], closed, requested, new Date(now), new Date(now - SEEN_EVERY_MS)],
        );
      }
      used = new Set();
      formerlyOpen = open;
    },
  };
}
