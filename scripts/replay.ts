/**
 * `npx tsx scripts/replay.ts <conversation id>… | --all`: makes `messages` and `read_receipts` again from the journal, document
 * by document, while servers go on. What entries still tell is restored exactly; what was merged into a snapshot keeps the
 * places and times of rows that still exist (see `server/workers/rebuild.ts`).
 */
import type { DocumentId } from '../schema/ids.ts';
import { loadConfig } from '../server/config.ts';
import { startPostgres } from '../server/database/embedded.ts';
import { createPool, type Pool, requireDatabase } from '../server/database/pool.ts';
import { describeFailure } from '../server/describe-failure.ts';
import { createLog, type Log } from '../server/log.ts';
import { rebuildDocument } from '../server/workers/rebuild.ts';
import { misused, takeArguments } from './arguments.ts';

const USAGE = 'Usage: npx tsx scripts/replay.ts <conversation id>… | --all';
const { values, positionals } = takeArguments(USAGE, {
  options: { all: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (values.all === positionals.length > 0) misused(USAGE, 'It takes conversations, or --all.');
const config = loadConfig();
const log = createLog({ level: config.logLevel });

/** Documents one after the other, oldest epoch first; one that fails does not stop the others. */
async function replay(pool: Pool, log: Log): Promise<void> {
  const { rows } = await pool.query<{ id: DocumentId }>(
    'select id from documents where conversation is not null and $1 or conversation = any($2) order by conversation, epoch',
    [values.all, positionals],
  );
  let failures = 0;
  for (const { id } of rows) {
    try {
      log.info({ document: id, messages: await rebuildDocument(pool, id) }, 'rebuilt');
    } catch (error) {
      failures++;
      log.error({ document: id, failure: describeFailure(error) }, 'could not be rebuilt');
    }
  }
  // A dump restored into another cluster brings numbers of transactions that have not happened here.
  if (values.all) await pool.query('update members set since = default where since > pg_current_xact_id()');
  log.info(`${rows.length - failures} of ${rows.length} documents rebuilt`);
  if (failures > 0 || rows.length === 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  await using postgres = config.databaseUrl ? undefined : await startPostgres({ dataDir: config.dataDir, log });
  const pool = createPool({ url: config.databaseUrl ?? (postgres?.url as string), log });
  try {
    await requireDatabase({ pool, log });
    await replay(pool, log);
  } finally {
    await pool.end();
  }
}

main().catch((error: Error) => {
  log.fatal(error.message);
  process.exitCode = 1;
});
