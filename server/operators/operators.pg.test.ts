/** Deactivation against the write path, without a word to the servers: the rows alone must keep a deactivated account out. */
import { expect, test } from 'vitest';
import { CLOSE } from '../../schema/close-codes.ts';
import type { UserId } from '../../schema/ids.ts';
import { systemClock } from '../clock.ts';
import type { Pool } from '../database/pool.ts';
import { freshDatabase } from '../database/testing.ts';
import { holdCommits } from '../testing/installation.ts';
import { startServer } from '../testing/server.ts';
import { Operators } from './operators.ts';

const OPERATOR = { via: 'command', origin: 'a test' } as const;

test('[A11] [P3] what was handed in before and would be committed after is not, and stays on the device', async () => {
  await using database = await freshDatabase();
  await using server = await startServer({ databaseUrl: database.url });
  const [ana, bo] = [await server.signUp('Ana'), await server.signUp('Bo')];
  const group = await server.group(ana, [bo]);
  const own = `u.${bo.id}`;
  using reader = await server.device(ana, group);
  using writer = await server.device(bo, group);
  using settings = await server.device(bo, own);
  settings.doc.getMap('settings').set('theme', 'dark');
  await settings.settled();
  const held = await holdCommits(database.pool, group);
  writer.say('too late');
  await held.held();
  // In the transaction that the commit waits for.
  const pool = { connect: async () => held.client } as unknown as Pool;
  const silence = { pool, fanOut: { publish: () => {} } as never, clock: systemClock, eraser: { poke: () => {} } };
  expect(await new Operators(silence).deactivate(OPERATOR, bo.id as UserId)).toBe('done');
  const { wire } = writer;
  const ended = await writer.bell.until(() => wire?.raw.ended ?? wire?.closing, 'the end of the channel');
  expect(ended.code).toBe(CLOSE.signIn);
  expect([writer.refusals, writer.texts()]).toEqual([[], ['too late']]);
  reader.say('still here');
  await reader.settled();
  expect(reader.texts()).toEqual(['still here']);
  // Nor does the account document take anything more.
  settings.doc.getMap('settings').set('theme', 'light');
  const { wire: last } = settings;
  const gone = await settings.bell.until(() => last?.raw.ended ?? last?.closing, 'the end of the account document');
  expect(gone.code).toBe(CLOSE.signIn);
  const { rows } = await database.pool.query('select head from documents where id = $1', [own]);
  expect(rows).toEqual([{ head: 1 }]);
});
