/** The types of y-redis, as far as they are used: its package has some, but does not export them. */
declare module 'y-redis' {
  import type { EventEmitter } from 'node:events';
  import type { Doc } from 'yjs';

  interface PersistenceDoc {
    readonly doc: Doc;
    /** How much of the list was read. */
    _clock: number;
    /** How much of it there is, as far as is known; other than `_clock` while it is being read. */
    _fetchingClock: number;
    readonly updateHandler: (update: Uint8Array) => void;
  }

  export class RedisPersistence {
    constructor(options: { redisOpts: { lazyConnect: boolean } });
    readonly sub: EventEmitter;
    bindState(name: string, doc: Doc): PersistenceDoc;
    closeDoc(name: string): Promise<void> | undefined;
  }
}
