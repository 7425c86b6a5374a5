/**
 * One timer for all connections: pings, ends the dead, keeps idle y-websocket clients from giving up. Each tick serves one
 * slice of the connections, so that ten thousand pings do not leave in one turn of the event loop.
 */
import type { Connection } from './connection.ts';
import { HEARTBEAT_MS, KEEP_ALIVE_MS, KEEP_ALIVE_UNREAD_MS } from './limits.ts';

const TICK_MS = 1_000;

/** Starts it; the returned function stops it. */
export function startHeartbeat(
  connections: ReadonlySet<Pick<Connection, 'number' | 'isAlive' | 'isRead' | 'keepAlive' | 'ping' | 'cut'>>,
): () => void {
  let tick = 0;
  const timer = setInterval(() => {
    tick++;
    for (const connection of connections) {
      const keepAliveMs = connection.isRead ? KEEP_ALIVE_MS : KEEP_ALIVE_UNREAD_MS;
      if ((connection.number + tick) % (keepAliveMs / TICK_MS) === 0) connection.keepAlive();
      // Its pongs wait to be read with everything else.
      if (!connection.isRead) continue;
      if ((connection.number + tick) % (HEARTBEAT_MS / TICK_MS) !== 0) continue;
      if (connection.isAlive) connection.ping();
      else connection.cut();
    }
  }, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
