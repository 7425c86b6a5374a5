/**
 * Removes the bytes of files that nobody may read any more: of deleted messages and conversations, and of uploads that no message
 * named for a day. Bytes go before their row, and removing what is gone is no error, so a server that dies on the way
 * leaves nothing that another one does not find. Any number of servers may run it.
 */
import type { FileId } from '../../schema/document/files.ts';
import type { Pool } from '../database/pool.ts';
import { inTransaction } from '../database/transaction.ts';
import { deleteFileRows, eraseAbandonedFiles, hasRemovable, lockRemovable } from '../files/file-rows.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Loop } from './loop.ts';

export interface FileRemover extends AsyncDisposable {
  /** Removes all that is to be removed now. Rejects when Postgres or the store fails; nothing is forgotten by it. */
  work(): Promise<void>;
}

export interface FileRemoverOptions {
  readonly pool: Pool;
  readonly remove: (id: FileId) => Promise<void>;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Who deletes a picture wants it gone; a look into an index costs nothing. */
const LOOK_EVERY_MS = 2_000;

/** What nobody named is looked for as often as this. */
const SWEEP_EVERY_MS = 10 * 60_000;

/** Locked while their bytes go: some milliseconds in a directory, a second in an object store. */
const FILES_AT_ONCE = 50;

export function startFileRemover({ pool, remove, log, metrics }: FileRemoverOptions): FileRemover {
  const removed = metrics.counter({ name: 'tidewire_removed_files_total', help: 'Files whose bytes were removed.' });
  let sweptAtMs = Number.NEGATIVE_INFINITY;

  async function removeSome(): Promise<number> {
    const count = await inTransaction(pool, async (client) => {
      const ids = await lockRemovable(client, FILES_AT_ONCE);
      await Promise.all(ids.map((id) => remove(id)));
      await deleteFileRows(client, ids);
      return ids.length;
    });
    removed.inc(count);
    return count;
  }

  async function work(): Promise<void> {
    await eraseAbandonedFiles(pool);
    while ((await removeSome()) > 0);
  }

  const loop = new Loop({
    async step() {
      if (performance.now() - sweptAtMs > SWEEP_EVERY_MS) {
        sweptAtMs = performance.now();
        await eraseAbandonedFiles(pool);
      }
      return (await hasRemovable(pool)) && (await removeSome()) > 0;
    },
    restMs: LOOK_EVERY_MS,
    onFailure: (error) => log.warn({ err: error }, 'files could not be removed; trying again'),
  });
  return { work, [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose]() };
}
