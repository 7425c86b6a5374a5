/** Typing and presence between two real servers that share a Redis. */
import { expect, test } from 'vitest';
import { parseDocumentId } from '../../schema/ids.ts';
import { freshDatabase } from '../database/testing.ts';
import { startRedis } from '../fan-out/testing-redis.ts';
import { GRACE_MS } from '../presence/presence-store.ts';
import { type Person, startServer, type TestServer } from '../testing/server.ts';
import { RawSocket } from '../testing/wire.ts';

const connect = async (server: TestServer, person: Person): Promise<RawSocket> => {
  const raw = new RawSocket({ port: server.port, path: '/sync', headers: { authorization: person.bearer } });
  await raw.opened();
  return raw;
};

const told = (raw: RawSocket, person: Person, isOnline: boolean) =>
  raw.bell.until(
    () => {
      const all = raw.controls.flatMap((each) => (each.t === 'presence' ? each.users : []));
      const last = all.findLast(({ id }) => id === person.id);
      return last?.online === isOnline && last;
    },
    `${person.name} to be ${isOnline ? 'online' : 'offline'}`,
  );

test('[Y1] [Y2] typing is heard and presence seen on another server, also after Redis was emptied', async () => {
  await using database = await freshDatabase();
  await using redis = await startRedis();
  const options = { databaseUrl: database.url, redisUrl: redis.url };
  await using here = await startServer(options);
  await using there = await startServer(options);
  const [ana, bo] = await Promise.all([here.signUp('ana'), here.signUp('bo')]);
  const { conversation } = parseDocumentId(await here.group(ana, [bo])) ?? {};
  using watcher = await connect(here, ana);
  watcher.sendControl({ t: 'watch', users: [bo.id] });
  const watched = await connect(there, bo);
  await told(watcher, bo, true);
  // A notice is lost while a server's connection to Redis is not up yet; who types goes on saying so.
  const typing = setInterval(() => watched.sendControl({ t: 'typing', conversation }), 100);
  expect(await watcher.control('typing')).toEqual({ t: 'typing', conversation, user: bo.id });
  clearInterval(typing);
  await redis.stop();
  await redis.start();
  // Both servers find that Redis knows nothing and say it anew; who stayed is not told of as gone.
  here.clock.offsetMs += 60_000;
  there.clock.offsetMs += 60_000;
  using late = await connect(here, ana);
  await expect
    .poll(
      () => {
        late.sendControl({ t: 'watch', users: [bo.id] });
        return late.controls.some((each) => each.t === 'presence' && each.users[0]?.online);
      },
      { timeout: 15_000, interval: 500 },
    )
    .toBe(true);
  watched[Symbol.dispose]();
  await expect
    .poll(
      () => {
        there.clock.offsetMs += GRACE_MS;
        const all = watcher.controls.flatMap((each) => (each.t === 'presence' ? each.users : []));
        return all.findLast(({ id }) => id === bo.id)?.online;
      },
      { timeout: 15_000, interval: 500 },
    )
    .toBe(false);
});
