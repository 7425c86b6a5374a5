/**
 * Fan-out through Redis: notices are JSON over plain pub/sub, on one channel, so that those of a server arrive in order. What a
 * server tells itself does not wait for that, so that a server without Redis goes on as if it were the only one. Documents go
 * through y-redis (`redis-documents.ts`).
 */
import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { FanOut } from './fan-out.ts';
import { createInMemoryFanOut } from './in-memory.ts';
import { decodeNotices, encodeNotices, type Told } from './notice-schemas.ts';
import type { RedisConnection } from './redis-connection.ts';
import { RedisDocuments } from './redis-documents.ts';

const CHANNEL = 'tidewire:notices';

export function createRedisFanOut({ redis, log }: { redis: RedisConnection; log: Log }): FanOut {
  const server = randomUUID();
  const local = createInMemoryFanOut({ log });
  const documents = new RedisDocuments(redis);
  let isClosed = false;
  let waiting: Told[] = [];
  void redis.subscribe(CHANNEL, (message) => {
    try {
      const { told, failures } = decodeNotices(message.toString(), server);
      for (const { topic, notice } of told) local.publish(topic, notice);
      for (const failure of failures) redis.failed('notice', failure);
    } catch (error) {
      // Not from a server of ours, or from one of another version: a notice may always be lost.
      redis.failed('notice', error as Error);
    }
  });
  /** Those of a turn of the event loop together: a commit of many documents has a notice for each. */
  function send(): void {
    if (waiting.length === 0) return;
    redis.publish(CHANNEL, encodeNotices(server, waiting));
    waiting = [];
  }
  return {
    publish(topic, notice) {
      if (isClosed) return;
      local.publish(topic, notice);
      if (waiting.push({ topic, notice } as Told) === 1) setImmediate(send);
    },
    subscribe: (topic, listener) => local.subscribe(topic, listener),
    join: (document, room) => documents.join(document, room),
    async [Symbol.asyncDispose]() {
      if (isClosed) return;
      isClosed = true;
      send();
      documents[Symbol.dispose]();
      redis.unsubscribe(CHANNEL);
      await local[Symbol.asyncDispose]();
    },
  };
}
