/** What commands on the database share: it is started if it is the embedded one, brought to the newest schema, and left in order. */
import { hostname, userInfo } from 'node:os';
import { type Config, loadConfig } from '../server/config.ts';
import { type EmbeddedPostgres, startPostgres } from '../server/database/embedded.ts';
import { OwnedByAnother } from '../server/database/former-postgres.ts';
import { migrate } from '../server/database/migrate.ts';
import { createPool, type Pool, requireDatabase } from '../server/database/pool.ts';
import { createLog, type Log } from '../server/log.ts';
import type { Operator } from '../server/operators/audit.ts';

interface OnDatabase {
  readonly pool: Pool;
  readonly log: Log;
  readonly config: Config;
  readonly applied: number;
}

/** A failure is said in one line and makes the process end with 1. */
export async function onDatabase(
  work: (on: OnDatabase) => Promise<void>,
  options: { readonly logLevel?: Config['logLevel'] } = {},
): Promise<void> {
  const config = loadConfig();
  const log = createLog({ level: options.logLevel ?? config.logLevel });
  try {
    await using postgres = config.databaseUrl ? undefined : await findOrStartPostgres({ dataDir: config.dataDir, log });
    const pool = createPool({ url: config.databaseUrl ?? (postgres?.url as string), log });
    try {
      await requireDatabase({ pool, log });
      const applied = await migrate({ pool, log });
      await work({ pool, log, config, applied: applied.length });
    } finally {
      await pool.end();
    }
  } catch (error) {
    log.fatal((error as Error).message);
    process.exitCode = 1;
  }
}

/** That of a running server belongs to it, and is only visited. */
async function findOrStartPostgres(options: { dataDir: string; log: Log }): Promise<EmbeddedPostgres> {
  try {
    return await startPostgres(options);
  } catch (error) {
    if (!(error instanceof OwnedByAnother) || error.url === undefined) throw error;
    return { url: error.url, async [Symbol.asyncDispose]() {} };
  }
}

/** Whoever sits at this machine, for the audit log. */
export const thisOperator = (): Operator => ({ via: 'command', origin: `${userInfo().username}@${hostname()}` });
