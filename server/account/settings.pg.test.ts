import { expect, test } from 'vitest';
import type { UserId } from '../../schema/ids.ts';
import { freshDatabase } from '../database/testing.ts';
import { loadPrivacy } from './settings.ts';

test('who never changed a setting has everything on', async () => {
  await using database = await freshDatabase();
  const { pool } = database;
  const [ana, bo] = ['ana', 'bo'] as UserId[] as [UserId, UserId];
  await pool.query('insert into users (id, name, email) select id, id, id from unnest($1::text[]) id', [[ana, bo]]);
  await pool.query('insert into user_settings ("user", presence) values ($1, false)', [bo]);
  expect(await loadPrivacy(pool, [ana, bo])).toEqual(
    new Map([
      [ana, { receipts: true, presence: true, typing: true }],
      [bo, { receipts: true, presence: false, typing: true }],
    ]),
  );
});
