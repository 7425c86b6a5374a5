/**
 * `npm run export -- <email or id> <archive.zip>`: the archive of an account, from the database of `DATABASE_URL` or the embedded one. Unlike
 * the one that people get themselves it has everybody's email address, by which an import finds their accounts.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UserId } from '../schema/ids.ts';
import { writeArchive } from '../server/archive/write-archive.ts';
import { systemClock } from '../server/clock.ts';
import { openBlobs } from '../server/files/open-blobs.ts';
import { createMetrics } from '../server/metrics.ts';
import { record } from '../server/operators/audit.ts';
import { startProjector } from '../server/workers/projector.ts';
import { misused, takeArguments } from './arguments.ts';
import { onDatabase, thisOperator } from './on-database.ts';

const USAGE = 'Usage: npm run export -- <email or id> <archive.zip>';
const [account, file, ...others] = takeArguments(USAGE, { allowPositionals: true }).positionals;
if (account === undefined || file === undefined || others.length > 0) misused(USAGE, 'It takes an account and a file.');

await onDatabase(async ({ pool, log, config }) => {
  const { rows } = await pool.query<{ id: UserId }>(
    'select id from users where (id = $1 or email = lower($1)) and deleted_at is null',
    [account],
  );
  const user = rows[0]?.id;
  if (user === undefined) throw new Error(`There is no account ${account}`);
  // Before: whoever reads what others wrote leaves a trace, whatever becomes of the file.
  await record(pool, thisOperator(), { action: 'account.export', subject: user });
  const clock = systemClock;
  await using projector = startProjector({ pool, log, clock, metrics: createMetrics() });
  const blobs = await openBlobs({ config, pool, log });
  const pieces = writeArchive({ pool, projector, blobs, user, nowMs: clock.now(), emails: 'all' });
  // `wx`: an archive is never overwritten.
  await pipeline(Readable.from(pieces), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  log.info(`${file} is written`);
});
