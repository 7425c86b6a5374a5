/** What was announced while servers could not reach each other, in the list of somebody who had none of it open. */
import { expect, test } from 'vitest';
import { freshDatabase } from '../../server/database/testing.ts';
import { startRedis } from '../../server/fan-out/testing-redis.ts';
import { startServer } from '../../server/testing/server.ts';
import { until } from '../conversation/testing-device.ts';
import { messengerOf, TestBrowser } from './testing-browser.ts';

test('[V2] a conversation begun elsewhere without Redis stands in the list when it is back, with its message', async () => {
  await using database = await freshDatabase();
  await using redis = await startRedis();
  await redis.stop();
  const options = { databaseUrl: database.url, redisUrl: redis.url };
  await using here = await startServer(options);
  await using there = await startServer(options);
  using page = new TestBrowser(() => there.url).page();
  const signedUp = await page.signUp({ name: 'Bo', email: 'bo@example.com', password: 'correct horse battery' });
  expect(signedUp).toMatchObject({ ok: true });
  const bo = await messengerOf(page);
  await until(bo.connection, ({ is }) => is === 'connected');
  const ana = await here.signUp('Ana');
  const document = await here.group(ana, [{ ...ana, id: bo.account.id }]);
  await here.ask('POST', `/api/conversations/${document.split('.')[0]}/messages`, ana, { text: 'are you there?' });
  expect(bo.conversations.get().items).toEqual([]);
  await redis.start();
  await until(bo.conversations, ({ items }) => items[0]?.last?.text === 'are you there?' && items[0].unread === 1);
});
