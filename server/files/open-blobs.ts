/** The store that is configured: a bucket, or a directory of `DATA_DIR`. */
import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Pool } from '../database/pool.ts';
import type { Log } from '../log.ts';
import type { BlobStore, UploadRecords } from './blob-store.ts';
import { createDirectoryBlobs } from './directory-blobs.ts';
import { findUploadRecord } from './file-rows.ts';

export async function openBlobs({ config, pool, log }: { config: Config; pool: Pool; log: Log }): Promise<BlobStore> {
  const records: UploadRecords = { find: (id) => findUploadRecord(pool, id) };
  if (!config.s3) return createDirectoryBlobs({ directory: join(config.dataDir, 'files'), records });
  // The AWS SDK takes 20 MB and a third of a second: only where it is used.
  const { openS3Blobs } = await import('./s3-blobs.ts');
  return openS3Blobs({ s3: config.s3, records, log });
}
