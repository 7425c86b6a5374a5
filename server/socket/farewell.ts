/**
 * Sends the connections of a leaving server away in waves. Everybody at once would come back at once, to servers that must
 * verify each and answer what it lacks; clients add jitter of their own, but a stock y-websocket client has none.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CLOSE } from '../../schema/close-codes.ts';
import type { Connection } from './connection.ts';

const WAVE_EVERY_MS = 100;

/** What another server takes in between two waves without noticing: half of what one accepts. */
const MIN_WAVE = 100;

/** Takes `spreadMs` at most, and hardly any time for few. Whoever waits for its wave is served as before. */
export async function sendAway(
  connections: ReadonlySet<Pick<Connection, 'close'>>,
  spreadMs: number,
  pause: (ms: number) => Promise<void> = sleep,
): Promise<void> {
  const waves = Math.max(1, Math.floor(spreadMs / WAVE_EVERY_MS));
  const size = Math.max(MIN_WAVE, Math.ceil(connections.size / waves));
  while (connections.size > 0) {
    let left = size;
    // Closing takes a connection out of the set.
    for (const connection of connections) {
      if (left-- === 0) break;
      connection.close(CLOSE.restart, 'the server restarts');
    }
    if (connections.size > 0) await pause(WAVE_EVERY_MS);
  }
}
