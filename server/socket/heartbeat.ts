/**
 * One timer for all connections: pings, ends the dead, keeps idle y-websocket clients from giving up. Each tick serves one
 * slice of the connections, so that ten thousand pings do not leave in one turn of the event loop.
 */
import type { Connection } from './connection.ts';
import { HEARTBEAT_MS, KEEP_ALIVE_MS } from './limits.ts';

const TICK_MS = 1_000;

/** Starts it; the returned function stops it. */
export function startHeartbeat(connections: ReadonlySet<Connection>): () => void {
  let tick = 0;
  const timer = setInterval(() => {
    tick++;
    for (const connection of connections) {
      if ((connection.number + tick) % (KEEP_ALIVE_MS / TICK_MS) === 0) connection.keepAlive();
      if ((connection.number + tick) % (HEARTBEAT_MS / TICK_MS) !== 0) continue;
      if (connection.isAlive) connection.ping();
      else connection.cut();
    }
  }, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
