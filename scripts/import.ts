/**
 * `npm run import -- <archive> [--as <id in the archive>=<email or id here> …]`: takes the conversations of an archive into the
 * database of `DATABASE_URL`, or the embedded one. People are found by email address or id; who is not gets an account that nobody
 * can sign in to. A conversation that exists is left alone, and then the command ends with 1.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { importArchive } from '../server/archive/import-archive.ts';
import { Archive } from '../server/archive/read-archive.ts';
import { openBlobs } from '../server/files/open-blobs.ts';
import { record } from '../server/operators/audit.ts';
import { misused, takeArguments } from './arguments.ts';
import { onDatabase, thisOperator } from './on-database.ts';

const USAGE = 'Usage: npm run import -- <archive.zip> [--as <id in the archive>=<email or id here> …]';

const { values, positionals } = takeArguments(USAGE, {
  allowPositionals: true,
  options: { as: { type: 'string', multiple: true, default: [] } },
});
const [file, ...others] = positionals;
const people = values.as.map((pair) => pair.split('=') as [string, string]);
if (file === undefined || others.length > 0) misused(USAGE, 'It takes one file.');
if (people.some((pair) => pair.length !== 2 || !pair[0] || !pair[1])) misused(USAGE, '--as takes two accounts.');

await onDatabase(async ({ pool, log, config }) => {
  const archive = new Archive(new Uint8Array(await readFile(file)));
  await record(pool, thisOperator(), { action: 'archive.import', subject: basename(file) });
  const blobs = await openBlobs({ config, pool, log });
  let imported = 0;
  for await (const { id, title, refused, messages } of importArchive({
    pool,
    archive,
    people: new Map(people),
    blobs,
  })) {
    const what = title === null ? id : `${id} "${title}"`;
    if (refused === undefined) log.info(`${what}: ${messages} messages`);
    else log.warn(`${what} was left out: ${refused}`);
    if (refused === undefined) imported++;
    else process.exitCode = 1;
  }
  log.info(`${imported} of ${archive.account.conversations.length} conversations were imported`);
});
