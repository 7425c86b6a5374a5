/** Fresh databases for `.pg.test.ts`, `.fuzz.test.ts` and browser stories: copies of a migrated template, some 30 ms each. */
import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { createLog } from '../log.ts';
import { createPool, type Pool } from './pool.ts';
import { TEMPLATE } from './testing-setup.ts';

export interface TestDatabase extends AsyncDisposable {
  /** For a server under test: `DATABASE_URL`. */
  readonly url: string;
  readonly pool: Pool;
}

/** `await using database = await freshDatabase()`; `schema: 'none'` is for tests of the migrations themselves. */
export async function freshDatabase({ schema = 'newest' }: { schema?: 'newest' | 'none' } = {}): Promise<TestDatabase> {
  const log = createLog({ level: 'error' });
  const adminUrl = inject('postgresUrl');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const administer = async (sql: string): Promise<void> => {
    const admin = createPool({ url: adminUrl, log, maxConnections: 1 });
    try {
      await admin.query(sql);
    } finally {
      await admin.end();
    }
  };
  await administer(`create database ${name} template ${schema === 'newest' ? TEMPLATE : 'template0'}`);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  const pool = createPool({ url: url.href, log });
  return {
    url: url.href,
    pool,
    async [Symbol.asyncDispose]() {
      if (!pool.ended) await pool.end();
      // A server under test that was killed may have left sessions behind.
      await administer(`drop database ${name} with (force)`);
    },
  };
}

/** Resolves when somebody waits for a lock in this database. */
export async function blocked(pool: Pick<Pool, 'query'>): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
    );
    if (rowCount) return;
  }
}
