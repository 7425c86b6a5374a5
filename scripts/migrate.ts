/** `npm run migrate`: brings the database of `DATABASE_URL`, or the embedded one, to the newest schema without starting a server. */
import { loadConfig } from '../server/config.ts';
import { startPostgres } from '../server/database/embedded.ts';
import { migrate } from '../server/database/migrate.ts';
import { createPool, requireDatabase } from '../server/database/pool.ts';
import { createLog } from '../server/log.ts';

const config = loadConfig();
const log = createLog({ level: config.logLevel });

async function main(): Promise<void> {
  await using postgres = config.databaseUrl ? undefined : await startPostgres({ dataDir: config.dataDir, log });
  const pool = createPool({ url: config.databaseUrl ?? (postgres?.url as string), log });
  try {
    await requireDatabase({ pool, log });
    const applied = await migrate({ pool, log });
    if (applied.length === 0) log.info('the database is up to date');
  } finally {
    await pool.end();
  }
}

main().catch((error: Error) => {
  log.fatal(error.message);
  process.exitCode = 1;
});
