/**
 * `npm run restore-generation`: to be run after a backup was restored into the database of `DATABASE_URL`, or the embedded one,
 * and before any server starts on it. Devices then reset their copies and keep what they have not sent.
 */
import { loadConfig } from '../server/config.ts';
import { startPostgres } from '../server/database/embedded.ts';
import { migrate } from '../server/database/migrate.ts';
import { createPool, requireDatabase } from '../server/database/pool.ts';
import { renewGenerations } from '../server/journal/generations.ts';
import { createLog } from '../server/log.ts';

const config = loadConfig();
const log = createLog({ level: config.logLevel });

async function main(): Promise<void> {
  await using postgres = config.databaseUrl ? undefined : await startPostgres({ dataDir: config.dataDir, log });
  const pool = createPool({ url: config.databaseUrl ?? (postgres?.url as string), log });
  try {
    await requireDatabase({ pool, log });
    await migrate({ pool, log });
    log.info(`${await renewGenerations(pool)} documents have a new generation; servers may start`);
  } finally {
    await pool.end();
  }
}

main().catch((error: Error) => {
  log.fatal(error.message);
  process.exitCode = 1;
});
