/**
 * Where the bytes of files lie, under the ids of their rows. What a store must be able to do is little, so that a directory and an
 * object store both can: take the bytes of a resumable upload, read a range, and remove. Nothing is ever listed: the rows
 * know what there is. A store that cannot be reached rejects, and the same may be asked again.
 */
import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/server';
import type { FileId } from '../../schema/document/files.ts';

/** Both inclusive, as in HTTP. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface BlobStore {
  /** Takes uploads, as tus wants it. */
  readonly uploads: DataStore;
  /** All bytes of an upload have come: makes them durable. False: what lies there is not what was sent. */
  seal(id: FileId, size: number): Promise<boolean>;
  /** A blob that nobody uploads: an import brings it. */
  put(id: FileId, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is no such blob. */
  open(id: FileId, range?: ByteRange): Promise<Readable | undefined>;
  /** No error when there is nothing. */
  remove(id: FileId): Promise<void>;
}

/** What of an upload is kept beside its bytes: in our rows, so that no store needs to. */
export interface UploadRecords {
  find(id: string): Promise<{ readonly size: number; readonly createdAt: Date } | undefined>;
}
