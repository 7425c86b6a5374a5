/**
 * `npm run restore-generation`: to be run after a backup was restored into the database of `DATABASE_URL`, or the embedded one,
 * and before any server starts on it. Devices then reset their copies and keep what they have not sent.
 */
import { renewGenerations } from '../server/journal/generations.ts';
import { takeArguments } from './arguments.ts';
import { onDatabase } from './on-database.ts';

takeArguments('Usage: npm run restore-generation, after a backup was restored and before any server starts on it', {});
await onDatabase(async ({ pool, log }) => {
  log.info(`${await renewGenerations(pool)} documents have a new generation; servers may start`);
});
