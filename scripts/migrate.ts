/** `npm run migrate`: brings the database of `DATABASE_URL`, or the embedded one, to the newest schema without starting a server. */
import { takeArguments } from './arguments.ts';
import { onDatabase } from './on-database.ts';

takeArguments('Usage: npm run migrate', {});
await onDatabase(async ({ log, applied }) => {
  if (applied === 0) log.info('the database is up to date');
});
