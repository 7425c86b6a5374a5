/** Blobs as files of one directory. Several servers share it, or each would lack what others took. */
import { mkdirSync } from 'node:fs';
import { type FileHandle, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FileStore } from '@tus/file-store';
import { Upload } from '@tus/server';
import type { BlobStore, UploadRecords } from './blob-store.ts';

/** Whoever may read the directory reads what people sent. */
const MODE = 0o700;

export function createDirectoryBlobs({ directory, records }: { directory: string; records: UploadRecords }): BlobStore {
  // Ids are of small letters and digits: no path leads out.
  const pathOf = (id: string): string => join(directory, id);
  let uploads: FileStore | undefined;
  function openUploads(): FileStore {
    mkdirSync(directory, { recursive: true, mode: MODE });
    return new FileStore({
      directory,
      configstore: {
        async get(id) {
          const record = await records.find(id);
          return (
            record && new Upload({ id, size: record.size, offset: 0, creation_date: record.createdAt.toISOString() })
          );
        },
        // The row is there before the bytes, and goes after them.
        async set() {},
        async delete() {},
      },
    });
  }
  return {
    /** With the first upload: a server that takes none needs no directory. */
    get uploads() {
      uploads ??= openUploads();
      return uploads;
    },
    async seal(id, size) {
      await using file = await openExisting(pathOf(id));
      if (!file || (await file.stat()).size !== size) return false;
      await file.sync();
      return true;
    },
    async put(id, bytes) {
      mkdirSync(directory, { recursive: true, mode: MODE });
      await writeFile(pathOf(id), bytes, { flush: true });
    },
    // The stream closes the file.
    open: async (id, range) => (await openExisting(pathOf(id)))?.createReadStream(range),
    remove: (id) => rm(pathOf(id), { force: true }),
  };
}

async function openExisting(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
