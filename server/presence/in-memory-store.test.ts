import { describe } from 'vitest';
import { type Board, createInMemoryPresence } from './in-memory-store.ts';
import { describePresenceStore } from './presence-store.contract.ts';

describe('presence in memory', () => {
  describePresenceStore(async () => {
    const board: Board = new Map();
    const here = createInMemoryPresence({ board });
    const there = createInMemoryPresence({ board });
    return {
      here,
      there,
      async lapse() {
        await there[Symbol.asyncDispose]();
      },
      async empty() {
        board.clear();
      },
      async [Symbol.asyncDispose]() {
        await here[Symbol.asyncDispose]();
        await there[Symbol.asyncDispose]();
      },
    };
  });
});
