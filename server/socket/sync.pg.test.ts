/** A stock y-websocket client against rooms and sockets on real Postgres. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import type { UserId } from '../../schema/ids.ts';
import { SOCKET_RATES } from '../../schema/limits.ts';
import { systemClock } from '../clock.ts';
import { freshDatabase } from '../database/testing.ts';
import { createInMemoryFanOut } from '../fan-out/in-memory.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { createInMemoryPresence } from '../presence/in-memory-store.ts';
import { Presence } from '../presence/presence.ts';
import { createRooms } from '../room/rooms.ts';
import { attachSockets } from './accept.ts';

test('a stock y-websocket client writes, another one reads', async () => {
  await using database = await freshDatabase();
  const { pool } = database;
  for (const id of ['ana', 'bo'])
    await pool.query("insert into users (id, name, email) values ($1, $1, $1 || '@example.org')", [id]);
  await pool.query("insert into conversations (id, kind, title) values ('c', 'group', 'C')");
  await pool.query("insert into members values ('c', 'ana', 'owner'), ('c', 'bo', 'member')");
  await pool.query("insert into documents (id, conversation, epoch, generation) values ('c.0', 'c', 0, 'g')");
  const log = createLog({ level: 'warn' });
  const fanOut = createInMemoryFanOut({ log });
  const metrics = createMetrics();
  const rooms = createRooms({ pool, fanOut, clock: systemClock, log, metrics });
  const presence = new Presence({
    store: createInMemoryPresence(),
    ...{ pool, fanOut, clock: systemClock, log, metrics },
  });
  const server = createServer();
  const sockets = attachSockets({
    server,
    pool,
    rooms,
    fanOut,
    presence,
    baseUrl: undefined,
    drainMs: 0,
    rates: SOCKET_RATES,
    clock: systemClock,
    log,
    metrics,
    sessions: {
      verify: async ({ authorization }) => ({
        id: 's',
        user: authorization as UserId,
        expiresAt: Infinity,
        via: 'bearer',
      }),
      watch: () => () => {},
      async [Symbol.asyncDispose]() {},
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = (user: string) => {
    const doc = new Y.Doc();
    class Polyfill extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { headers: { authorization: user } });
      }
    }
    const provider = new WebsocketProvider(`ws://127.0.0.1:${port}/documents`, 'c.0', doc, {
      WebSocketPolyfill: Polyfill as never,
      disableBc: true,
    });
    return { doc, provider, messages: doc.getArray<Record<string, unknown>>('messages') };
  };
  const ana = open('ana');
  const bo = open('bo');
  await Promise.all([ana, bo].map(({ provider }) => new Promise((resolve) => provider.once('sync', resolve))));
  const seen = new Promise((resolve) => bo.messages.observe(resolve));
  ana.messages.push([{ id: `${ana.doc.clientID.toString(36)}-0`, from: 'ana', at: Date.now(), text: 'hello' }]);
  await seen;
  expect(bo.messages.toJSON()[0].text).toBe('hello');
  const edited = new Promise((resolve) => bo.messages.observe(resolve));
  ana.messages.push([{ edit: `${ana.doc.clientID.toString(36)}-0`, from: 'ana', at: Date.now(), text: 'hello!' }]);
  await edited;
  expect(bo.messages.toJSON()).toMatchObject([{ text: 'hello!' }]);
  for (const { provider } of [ana, bo]) provider.destroy();
  await sockets[Symbol.asyncDispose]();
  await presence[Symbol.asyncDispose]();
  await rooms[Symbol.asyncDispose]();
  server.close();
});
