/**
 * The composition root: makes every part of a server, hands each what it needs, and takes them down in reverse order. The
 * only place that knows all of them; it decides nothing else.
 */
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { SOCKET_RATES, type SocketRates } from '../schema/limits.ts';
import { createAuth, tokenIssuer } from './auth/auth.ts';
import { createSessions } from './auth/sessions.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { startPostgres } from './database/embedded.ts';
import { migrate } from './database/migrate.ts';
import { createPool, requireDatabase } from './database/pool.ts';
import { createInMemoryFanOut } from './fan-out/in-memory.ts';
import { createRedisFanOut } from './fan-out/redis.ts';
import { RedisConnection } from './fan-out/redis-connection.ts';
import { openBlobs } from './files/open-blobs.ts';
import { createApp } from './http/app.ts';
import { staticRoutes } from './http/static.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import { Parts } from './parts.ts';
import { createInMemoryPresence } from './presence/in-memory-store.ts';
import { Presence } from './presence/presence.ts';
import { createRedisPresence } from './presence/redis-store.ts';
import { type PushConfig, pushSetup } from './push/configuration.ts';
import { createLoggingTransport } from './push/logging.ts';
import { createNotifier } from './push/notifier.ts';
import { createWebPushTransport } from './push/web-push.ts';
import type { EpochLimits } from './room/replica.ts';
import { Rooms } from './room/rooms.ts';
import { root } from './root.ts';
import { attachSockets } from './socket/accept.ts';
import { createDeliverer } from './webhooks/deliverer.ts';
import { startEraser } from './workers/eraser.ts';
import { startFileRemover } from './workers/file-remover.ts';
import { startProjector } from './workers/projector.ts';
import { startRetention } from './workers/retention.ts';
import { startSearchIndexKeeper } from './workers/search-index.ts';
import { startSnapshotter } from './workers/snapshotter.ts';

export interface Server extends AsyncDisposable {
  /** Where people find it. */
  readonly url: string;
  readonly port: number;
}

/** How long requests under way may take to end before their sockets are closed. */
const FAREWELL_MS = 3_000;

interface ServerOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
  /** When an epoch closes; tests want it sooner. */
  readonly epochLimits?: EpochLimits;
  /** How fast sockets are read while there are limits; tests want fewer. */
  readonly rates?: SocketRates;
}

/** Resolves when the server takes connections. Whatever fails on the way, nothing stays behind. */
export async function createServer({
  config,
  log,
  clock = systemClock,
  epochLimits,
  rates = SOCKET_RATES,
}: ServerOptions): Promise<Server> {
  const parts = new Parts(log);
  try {
    const { baseUrl } = config;
    const metrics = createMetrics({ process: 'observed' });
    const databaseUrl =
      config.databaseUrl ?? parts.add('Postgres', await startPostgres({ dataDir: config.dataDir, log })).url;
    const pool = createPool({ url: databaseUrl, log });
    parts.defer('connections to Postgres', () => pool.end());
    await requireDatabase({ pool, log });
    await migrate({ pool, log });

    const redis =
      config.redisUrl === undefined
        ? undefined
        : parts.add('Redis', new RedisConnection({ url: config.redisUrl, log, metrics }));
    const fanOut = parts.add('fan-out', redis ? createRedisFanOut({ redis, log }) : createInMemoryFanOut({ log }));
    const projector = parts.add('projector', startProjector({ pool, log, metrics, clock }));
    const snapshotter = parts.add(
      'snapshotter',
      startSnapshotter({ pool, log, metrics, clock, projector, keep: config.snapshotsKept }),
    );
    parts.add('search index', startSearchIndexKeeper({ pool, log, clock }));
    const onCommit = (document: Parameters<typeof projector.poke>[0]): void => {
      projector.poke(document);
      snapshotter.poke(document);
    };
    const rooms = parts.add(
      'rooms',
      new Rooms({ pool, fanOut, clock, log, metrics, onCommit, ...(epochLimits && { epochLimits }) }),
    );
    // What was published meanwhile is lost, here and on all other servers.
    redis?.onChange((isUp, downMs) => {
      if (!isUp) return;
      void rooms.catchUp();
      fanOut.publish('missed', { forMs: downMs });
    });
    const eraser = parts.add(
      'eraser',
      startEraser({ pool, log, projector, erase: (document, user, what) => rooms.erase(document, user, what) }),
    );
    const expire: Rooms['expire'] = (document, messages) => rooms.expire(document, messages);
    parts.add('retention', startRetention({ pool, log, metrics, projector, expire }));
    const blobs = await openBlobs({ config, pool, log });
    parts.add('file remover', startFileRemover({ pool, remove: (id) => blobs.remove(id), log, metrics }));
    const auth = createAuth({ pool, config, fanOut, log });
    const sessions = parts.add(
      'sessions',
      createSessions({ pool, secret: config.authSecret, baseUrl, issuer: tokenIssuer(baseUrl), clock, fanOut, log }),
    );

    let isLeaving = false;
    const redisState = () => (redis ? (redis.isUp ? 'ok' : 'unavailable') : 'off');
    const setup = { pushSetup: pushSetup(config.push) };
    const served = {
      ...setup,
      auth,
      sessions,
      pool,
      rooms,
      projector,
      snapshotter,
      eraser,
      blobs,
      fanOut,
      redisState,
      limitStore: redis,
    };
    const app = createApp({ ...served, config, log, metrics, clock, isLeaving: () => isLeaving });
    app.route('/', staticRoutes({ folder: join(root, 'dist/client') }));
    const http = createHttpServer(getRequestListener(app.fetch));
    parts.defer('HTTP', () => finish(http));
    const presence = parts.add(
      'presence',
      new Presence({
        store: redis ? createRedisPresence({ redis }) : createInMemoryPresence(),
        ...{ pool, fanOut, clock, log, metrics },
      }),
    );
    const notifier = parts.add(
      'push',
      createNotifier({
        ...{ pool, projector, clock, log, metrics },
        transports: await transportsOf({ push: config.push, clock, log }),
        isLooking: (user, conversation) => presence.isLooking(user, conversation),
      }),
    );
    notifier.start();
    const privateNetworks = config.webhookPrivateNetworks === 'on';
    const deliverer = parts.add('webhooks', createDeliverer({ pool, projector, privateNetworks, clock, log, metrics }));
    deliverer.start();
    const { drainMs } = config;
    const edge = { server: http, pool, rooms, sessions, fanOut, presence, baseUrl, drainMs, clock };
    const limited = config.rateLimits === 'on' ? rates : undefined;
    parts.add('sockets', attachSockets({ ...edge, rates: limited, log, metrics }));
    const port = await listen(http, config);
    // First of all, so that clients that are sent away do not come back to a server that is leaving.
    parts.defer('listener', async () => {
      isLeaving = true;
      http.close();
    });

    if (config.rateLimits === 'off') log.warn('RATE_LIMITS=off: this server has no rate limits. Only for load tests.');
    const url =
      baseUrl ?? `http://${['0.0.0.0', '::', '127.0.0.1'].includes(config.host) ? 'localhost' : config.host}:${port}`;
    return { url, port, [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose]() };
  } catch (error) {
    await parts[Symbol.asyncDispose]();
    throw error;
  }
}

async function transportsOf({ push: { firebase, webPush }, clock, log }: { push: PushConfig; clock: Clock; log: Log }) {
  const off = createLoggingTransport({ log });
  // Loading firebase-admin takes 17 MB and a quarter of a second: only where it is used.
  const openFirebase = async () => (await import('./push/firebase.ts')).createFirebaseTransport;
  return {
    fcm: firebase ? (await openFirebase())({ ...firebase, clock }) : off,
    webpush: webPush ? createWebPushTransport({ config: webPush, clock }) : off,
  };
}

function listen(http: HttpServer, { port, host }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`Port ${port} is taken: set PORT to another.`, { cause: error })
          : error,
      ),
    );
    http.listen(port, host, () => resolve((http.address() as AddressInfo).port));
  });
}

/** Waits for the answers under way, but not for ever for peers that keep their connections open. */
async function finish(http: HttpServer): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      http.closeAllConnections();
      resolve();
    }, FAREWELL_MS);
    http.close(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
