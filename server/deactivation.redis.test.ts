/** Deactivating an account on one of two servers, with real sockets: the other server sends it away, and commits nothing more of it. */
import { expect, test } from 'vitest';
import { CLOSE } from '../schema/close-codes.ts';
import { freshDatabase } from './database/testing.ts';
import { startRedis } from './fan-out/testing-redis.ts';
import { insertSession } from './testing/people.ts';
import { type Person, startServer, TEST_SECRET } from './testing/server.ts';
import { RawSocket } from './testing/wire.ts';

async function startTwo() {
  const database = await freshDatabase();
  const redis = await startRedis();
  const options = { databaseUrl: database.url, redisUrl: redis.url };
  const [here, there] = [await startServer(options), await startServer(options)];
  for (const { url } of [here, there])
    await expect.poll(async () => (await fetch(`${url}/readyz`)).json()).toMatchObject({ redis: 'ok' });
  const [ana, bo] = [await here.signUp('Ana'), await there.signUp('Bo')];
  return {
    ...{ database, redis, here, there, ana, bo, group: await here.group(ana, [bo]) },
    set: async (isDeactivated: boolean) => {
      const response = await here.ask('PATCH', `/api/admin/users/${bo.id}`, ana, { isDeactivated });
      expect(response.status).toBe(204);
    },
    signIn: async (): Promise<Person> => ({
      ...bo,
      ...(await insertSession({ pool: database.pool, secret: TEST_SECRET, user: bo.id })),
    }),
    async [Symbol.asyncDispose]() {
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

test('[A11] closes the sockets on the other server; what was written there afterwards stays on the device and comes later', async () => {
  await using two = await startTwo();
  const { here, there, ana, bo, group } = two;
  const near = await here.device(ana, group);
  using far = await there.device(bo, group);
  using shared = new RawSocket({ port: there.port, path: '/sync', headers: { authorization: bo.bearer } });
  await shared.opened();
  const { wire } = far;
  if (!wire) throw new Error('bo is connected');
  far.say('before');
  await far.settled();

  await two.set(true);
  expect((await wire.raw.bell.until(() => wire.raw.ended, 'the end of the socket')).code).toBe(CLOSE.signIn);
  expect(await shared.end()).toMatchObject({ code: CLOSE.signIn });
  far.disconnect();
  far.say('written while deactivated');
  await expect(far.connect()).rejects.toThrow(`${CLOSE.signIn}`);
  expect(far.texts()).toEqual(['before', 'written while deactivated']);

  await two.set(false);
  using again = await there.device(await two.signIn(), group, { clientID: far.doc.clientID + 1 });
  again.wire?.sendUpdate(far.state());
  await near.until(() => near.texts().includes('written while deactivated'), 'what was written meanwhile');
});
