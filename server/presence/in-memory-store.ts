/** Presence inside one process: for a single server, and for several in one test that share a board. */
import type { UserId } from '../../schema/ids.ts';
import type { PresenceStore } from './presence-store.ts';

/** What the servers of one process have said, each under its own name. */
export type Board = Map<symbol, Set<UserId>>;

export function createInMemoryPresence({ board = new Map() }: { board?: Board } = {}): PresenceStore {
  const server = Symbol('server');
  return {
    async change({ arrived, left }) {
      const people = board.get(server);
      for (const user of left) people?.delete(user);
      for (const user of arrived) people?.add(user);
      return people !== undefined;
    },
    async replace(people) {
      board.set(server, new Set(people));
    },
    async refresh() {
      return board.has(server);
    },
    async findOnline(people) {
      const said = [...board.values()];
      return new Set(people.filter((user) => said.some((online) => online.has(user))));
    },
    async [Symbol.asyncDispose]() {
      board.delete(server);
    },
  };
}
