/**
 * Looks up sessions in the database, in one statement for all that were asked for since the last one. It keeps no answer,
 * so none outlives a revocation, and it lets none through that was revoked while its statement was under way.
 */
import type { Pool } from 'pg';
import type { FanOut } from '../fan-out/fan-out.ts';

/** One statement carries at most this many sessions: the array is sent and searched in well under 10 ms. */
const MAX_BATCH = 500;

/** One statement on its way while the next fills; more would only make smaller batches. */
const MAX_IN_FLIGHT = 2;

export interface SessionRow {
  readonly id: string;
  readonly user: string;
  readonly token: string;
  readonly expires_at: Date;
}

interface Question {
  readonly by: 'token' | 'id';
  readonly key: string;
  resolve(row: SessionRow | undefined): void;
  reject(error: unknown): void;
}

export interface SessionLookUp extends Disposable {
  /** The row, whether expired or not. Rejects when the database cannot be asked. */
  find(by: Question['by'], key: string): Promise<SessionRow | undefined>;
}

export function createSessionLookUp({ pool, fanOut }: { pool: Pick<Pool, 'query'>; fanOut: FanOut }): SessionLookUp {
  let waiting: Question[] = [];
  let isScheduled = false;
  /** Sessions revoked since each statement on its way was sent: it may have read them a moment too early. */
  const inFlight = new Set<Set<string>>();
  const unsubscribe = fanOut.subscribe('revoked', ({ sessions }) => {
    for (const revoked of inFlight) for (const id of sessions) revoked.add(id);
  });

  function schedule(): void {
    if (isScheduled || waiting.length === 0 || inFlight.size >= MAX_IN_FLIGHT) return;
    isScheduled = true;
    // After the I/O of this turn: all upgrades that arrived together share the statement.
    setImmediate(() => {
      isScheduled = false;
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      void ask(batch);
      schedule();
    });
  }

  async function ask(batch: readonly Question[]): Promise<void> {
    const revoked = new Set<string>();
    inFlight.add(revoked);
    try {
      const tokens = batch.filter((question) => question.by === 'token').map((question) => question.key);
      const ids = batch.filter((question) => question.by === 'id').map((question) => question.key);
      const { rows } = await pool.query<SessionRow>({
        name: 'sessions',
        text: `select id, "user", token, expires_at from sessions where token = any($1)
               union all select id, "user", token, expires_at from sessions where id = any($2)`,
        values: [tokens, ids],
      });
      const found = new Map<string, SessionRow>();
      for (const row of rows) if (!revoked.has(row.id)) found.set(row.token, row).set(row.id, row);
      for (const question of batch) {
        const row = found.get(question.key);
        question.resolve(row && row[question.by] === question.key ? row : undefined);
      }
    } catch (error) {
      for (const question of batch) question.reject(error);
    } finally {
      inFlight.delete(revoked);
      schedule();
    }
  }

  return {
    find: (by, key) =>
      new Promise((resolve, reject) => {
        waiting.push({ by, key, resolve, reject });
        schedule();
      }),
    [Symbol.dispose]: unsubscribe,
  };
}
