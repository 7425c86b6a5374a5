/** `npm run migrate`: brings the database of `DATABASE_URL`, or the embedded one, to the newest schema without starting a server. */
import { onDatabase } from './on-database.ts';

await onDatabase(async ({ log, applied }) => {
  if (applied === 0) log.info('the database is up to date');
});
