/**
 * Presence in Redis: a set of people for each server, and the list of servers. The sets expire as a whole, so that staying
 * online costs one command per server and interval, however many people there are; finding out costs one per server. All
 * keys lie in one slot of a Cluster, so that several fit into one pipeline.
 */
import { randomUUID } from 'node:crypto';
import type { UserId } from '../../schema/ids.ts';
import type { RedisConnection } from '../fan-out/redis-connection.ts';
import { GRACE_MS, LAPSE_MS, type PresenceStore } from './presence-store.ts';

/** The servers, each with the time at which it was last heard. Those that are gone cost a command until they are removed. */
const SERVERS = 'tidewire:{presence}:servers';
const keyOf = (server: string): string => `tidewire:{presence}:${server}`;

/** Keeps a set there while nobody is in it; no person is called so. */
const NOBODY = '';

/** Far more than clocks differ and servers pause. */
const REMOVED_MS = 10 * 60_000;

/** Members of one command: some 30 kB, and well below a millisecond of Redis's time. */
const MAX_MEMBERS = 1_000;

type Pipeline = ReturnType<RedisConnection['commands']['pipeline']>;

export function createRedisPresence({ redis: { commands } }: { redis: RedisConnection }): PresenceStore {
  const server = randomUUID();
  const own = keyOf(server);
  /** Starts a pipeline with which the server is known for another while; its first answer says whether it was known. */
  const beat = (pipeline: Pipeline): Pipeline => pipeline.pexpire(own, LAPSE_MS).zadd(SERVERS, Date.now(), server);
  return {
    async change({ arrived, left }) {
      const pipeline = beat(commands.pipeline());
      for (const chunk of chunks(left)) pipeline.srem(own, ...chunk);
      // Only where it was known: a set made anew would lack all others.
      const [wasKnown] = await run(pipeline);
      if (wasKnown !== 1) return false;
      if (arrived.length === 0) return true;
      const adding = commands.pipeline();
      for (const chunk of chunks(arrived)) adding.sadd(own, ...chunk);
      await run(adding.pexpire(own, LAPSE_MS));
      return true;
    },
    async replace(people) {
      // At once, so that nobody sees it empty in between.
      const transaction = commands.multi().del(own).sadd(own, NOBODY);
      for (const chunk of chunks(people)) transaction.sadd(own, ...chunk);
      await run(beat(transaction));
    },
    async refresh() {
      const pipeline = beat(commands.pipeline()).zremrangebyscore(SERVERS, 0, Date.now() - REMOVED_MS);
      return (await run(pipeline))[0] === 1;
    },
    async findOnline(people) {
      const online = new Set<UserId>();
      if (people.length === 0) return online;
      const servers = await commands.zrange(SERVERS, 0, -1);
      const pipeline = commands.pipeline();
      const asked: (readonly UserId[])[] = [];
      for (const each of servers)
        for (const chunk of chunks(people)) {
          pipeline.smismember(keyOf(each), ...chunk);
          asked.push(chunk);
        }
      const answers = await run(pipeline);
      for (const [index, chunk] of asked.entries()) {
        const isThere = answers[index] as readonly number[];
        for (const [place, user] of chunk.entries()) if (isThere[place] === 1) online.add(user);
      }
      return online;
    },
    async [Symbol.asyncDispose]() {
      // Lost with the connection: then it lapses a little later.
      await commands.pexpire(own, GRACE_MS).catch(() => {});
    },
  };
}

/** The answers of all commands; throws when one failed, or the connection did. */
async function run(pipeline: Pipeline): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}

function* chunks(people: readonly UserId[]): Generator<readonly UserId[]> {
  for (let start = 0; start < people.length; start += MAX_MEMBERS) yield people.slice(start, start + MAX_MEMBERS);
}
