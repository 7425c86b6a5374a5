/** Two servers that share a Redis: who is out on one is out on the other, at once. */
import { expect, test } from 'vitest';
import type { DeviceSession } from '../../schema/http/sessions.ts';
import { parseDocumentId } from '../../schema/ids.ts';
import { freshDatabase } from '../database/testing.ts';
import { startRedis } from '../fan-out/testing-redis.ts';
import { type Person, startServer } from '../testing/server.ts';
import { RawSocket } from '../testing/wire.ts';

test('[A3] [C4] a revoked session and a removed member are out on the other server', async () => {
  await using database = await freshDatabase();
  await using redis = await startRedis();
  const options = { databaseUrl: database.url, redisUrl: redis.url };
  await using here = await startServer(options);
  await using there = await startServer(options);
  // Before that a notice may be lost, and takes until the next sweep.
  for (const { url } of [here, there])
    await expect.poll(async () => (await fetch(`${url}/readyz`)).json()).toMatchObject({ redis: 'ok' });
  const [ana, bo, cy]: Person[] = await Promise.all([here.signUp('ana'), here.signUp('bo'), there.signUp('cy')]);
  if (!ana || !bo || !cy) throw new Error('three people');
  const document = await here.group(ana, [bo, cy]);
  const { conversation } = parseDocumentId(document) ?? {};
  const connect = async ({ bearer }: Person) => {
    const raw = new RawSocket({ port: there.port, path: '/sync', headers: { authorization: bearer } });
    await raw.opened();
    raw.sendControl({ t: 'open', channel: 1, document });
    await raw.control('opened', 1);
    return raw;
  };
  using removed = await connect(bo);
  using revoked = await connect(cy);
  using stays = await connect(ana);

  const member = `/api/conversations/${conversation}/members/${bo.id}`;
  expect((await here.ask('DELETE', member, ana)).status).toBe(204);
  expect(await removed.control('closed', 1)).toMatchObject({ code: 4403 });
  expect(removed.ended).toBeUndefined();

  const listed = (await (await here.ask('GET', '/api/sessions', cy)).json()) as { items: DeviceSession[] };
  expect((await here.ask('DELETE', `/api/sessions/${listed.items[0]?.id}`, cy)).status).toBe(204);
  expect(await revoked.end()).toMatchObject({ code: 4401 });
  expect((await there.ask('GET', '/api/me', cy)).status).toBe(401);
  expect(stays.ended).toBeUndefined();
});
