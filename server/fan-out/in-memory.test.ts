import { describe } from 'vitest';
import { createLog } from '../log.ts';
import { describeFanOut } from './fan-out.contract.ts';
import { createHub, createInMemoryFanOut } from './in-memory.ts';

const log = createLog({ level: 'silent' });

describe('in-memory fan-out', () => {
  describeFanOut(async () => {
    const hub = createHub();
    const here = createInMemoryFanOut({ log, hub });
    const there = createInMemoryFanOut({ log, hub });
    return {
      here,
      there,
      async [Symbol.asyncDispose]() {
        await here[Symbol.asyncDispose]();
        await there[Symbol.asyncDispose]();
      },
    };
  });
});
