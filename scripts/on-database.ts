/** What commands on the database share: it is started if it is the embedded one, brought to the newest schema, and left in order. */
import { loadConfig } from '../server/config.ts';
import { startPostgres } from '../server/database/embedded.ts';
import { migrate } from '../server/database/migrate.ts';
import { createPool, type Pool, requireDatabase } from '../server/database/pool.ts';
import { createLog, type Log } from '../server/log.ts';

/** A failure is said in one line and makes the process end with 1. */
export async function onDatabase(
  work: (on: { pool: Pool; log: Log; applied: number }) => Promise<void>,
): Promise<void> {
  const config = loadConfig();
  const log = createLog({ level: config.logLevel });
  try {
    await using postgres = config.databaseUrl ? undefined : await startPostgres({ dataDir: config.dataDir, log });
    const pool = createPool({ url: config.databaseUrl ?? (postgres?.url as string), log });
    try {
      await requireDatabase({ pool, log });
      const applied = await migrate({ pool, log });
      await work({ pool, log, applied: applied.length });
    } finally {
      await pool.end();
    }
  } catch (error) {
    log.fatal((error as Error).message);
    process.exitCode = 1;
  }
}
