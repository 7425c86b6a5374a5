/**
 * Fan-out through Redis: notices are JSON over plain pub/sub, on one channel, so that those of a server arrive in order. What a
 * server tells itself does not travel, so that a server without Redis goes on as if it were the only one. Documents go
 * through y-redis (`redis-documents.ts`).
 */
import { randomUUID } from 'node:crypto';
import type { Log } from '../log.ts';
import type { FanOut } from './fan-out.ts';
import { createInMemoryFanOut } from './in-memory.ts';
import { decodeNotice, encodeNotice, type Told } from './notice-schemas.ts';
import type { RedisConnection } from './redis-connection.ts';
import { RedisDocuments } from './redis-documents.ts';

const CHANNEL = 'tidewire:notices';

export function createRedisFanOut({ redis, log }: { redis: RedisConnection; log: Log }): FanOut {
  const server = randomUUID();
  const local = createInMemoryFanOut({ log });
  const documents = new RedisDocuments(redis);
  let isClosed = false;
  void redis.subscribe(CHANNEL, (message) => {
    try {
      const { server: from, told } = decodeNotice(message);
      if (from !== server && told) local.publish(told.topic, told.notice);
    } catch (error) {
      // Not from a server of ours, or from one of another version: a notice may always be lost.
      redis.failed('notice', error as Error);
    }
  });
  return {
    publish(topic, notice) {
      if (isClosed) return;
      local.publish(topic, notice);
      redis.publish(CHANNEL, encodeNotice(server, { topic, notice } as Told));
    },
    subscribe: (topic, listener) => local.subscribe(topic, listener),
    join: (document, room) => documents.join(document, room),
    async [Symbol.asyncDispose]() {
      if (isClosed) return;
      isClosed = true;
      documents[Symbol.dispose]();
      redis.unsubscribe(CHANNEL);
      await local[Symbol.asyncDispose]();
    },
  };
}
