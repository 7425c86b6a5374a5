/**
 * Blobs as objects of one bucket, of AWS or of whoever speaks its protocol. An upload is a multipart upload; bytes that are too few for a
 * part wait in `<id>.part`, and `<id>.info` says which multipart upload it is (`@tus/s3-store`). Loaded only where it is configured.
 */
import type { Readable } from 'node:stream';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { type MetadataValue, S3Store } from '@tus/s3-store';
import { ERRORS, type KvStore, type Upload } from '@tus/server';
import type { S3Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { BlobStore, ByteRange, UploadRecords } from './blob-store.ts';

/** A store in the same region connects within milliseconds; a call is tried three times. */
const CONNECT_WITHIN_MS = 3_000;

/** Until it answers: with the first byte of an object, or that it has taken a part (8 MiB). */
const ANSWER_WITHIN_MS = 30_000;

/** Uploads under way, a few hundred bytes each; others are looked up again. */
const REMEMBERED_UPLOADS = 1_000;

/** Resolves when the bucket answers, or cannot be reached now; rejects with what is wrong with its configuration. */
export async function openS3Blobs(options: S3BlobsOptions & { log: Log }): Promise<BlobStore> {
  const blobs = new S3Blobs(options);
  await blobs.requireBucket(options.log);
  return blobs;
}

interface S3BlobsOptions {
  readonly s3: S3Config;
  readonly records: UploadRecords;
}

class S3Blobs extends S3Store implements BlobStore {
  readonly #records: UploadRecords;

  constructor({ s3: { bucket, region, endpoint, credentials }, records }: S3BlobsOptions) {
    super({
      cache: new RememberedUploads(),
      s3ClientConfig: {
        ...{ bucket, region },
        // Only AWS itself has a host for each bucket everywhere.
        ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
        ...(credentials && { credentials }),
        // Other stores do not know the checksums that AWS now takes for granted.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
        requestHandler: {
          connectionTimeout: CONNECT_WITHIN_MS,
          requestTimeout: ANSWER_WITHIN_MS,
          throwOnRequestTimeout: true,
          // A phone that reads slowly holds one for minutes, and nobody shall wait for it.
          httpAgent: { maxSockets: Number.POSITIVE_INFINITY },
          httpsAgent: { maxSockets: Number.POSITIVE_INFINITY },
        },
      },
    });
    this.#records = records;
  }

  get uploads(): this {
    return this;
  }

  async requireBucket(log: Log): Promise<void> {
    try {
      await this.client.headBucket({ Bucket: this.bucket });
    } catch (error) {
      const fault = faultOf(error);
      if (fault) throw new Error(`The bucket of S3_BUCKET cannot be used: ${fault}.`, { cause: error });
      log.warn({ err: error }, 'the store of files cannot be reached; nobody can send or read files until it can');
    }
  }

  async seal(id: string, size: number): Promise<boolean> {
    let length = await this.#lengthOf(id);
    if (length === undefined) {
      // The last part came, and then the server or the store failed.
      await ifFound(this.#putTogether(id));
      length = await this.#lengthOf(id);
    }
    return length === size;
  }

  async put(id: string, bytes: Uint8Array): Promise<void> {
    await this.client.putObject({ ...this.#at(id), Body: bytes });
  }

  async open(id: string, range?: ByteRange): Promise<Readable | undefined> {
    const part = range && { Range: `bytes=${range.start}-${range.end}` };
    const found = await ifFound(this.client.getObject({ ...this.#at(id), ...part }));
    return found?.Body as Readable | undefined;
  }

  override async remove(id: string): Promise<void> {
    const info = await ifFound(this.getMetadata(id));
    const part = info && { UploadId: info['upload-id'] };
    if (part) await ifFound(this.client.abortMultipartUpload({ ...this.#at(id), ...part }));
    // What tells of the others goes last: all of this may have to be done again. One by one, as not every store takes several.
    for (const key of [id, this.partKey(id, true), this.infoKey(id)]) await this.client.deleteObject(this.#at(key));
    await this.clearCache(id);
  }

  /** `S3Store` takes every failure for an upload that is not there, and clients would begin anew. */
  override async getUpload(id: string): Promise<Upload> {
    if (!(await ifFound(this.getMetadata(id)))) throw ERRORS.FILE_NOT_FOUND;
    return super.getUpload(id);
  }

  override async write(...[source, id, offset]: Parameters<S3Store['write']>): Promise<number> {
    try {
      return await super.write(source, id, offset);
    } finally {
      // It was given up meanwhile: nobody would ever look for what has come since.
      if (!(await this.#records.find(id))) await this.remove(id);
    }
  }

  async #putTogether(id: string): Promise<void> {
    const info = await this.getMetadata(id);
    await this.finishMultipartUpload(info, await this.retrieveParts(id));
    await this.clearCache(id);
  }

  async #lengthOf(id: string): Promise<number | undefined> {
    return (await ifFound(this.client.headObject(this.#at(id))))?.ContentLength;
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: key };
  }
}

class RememberedUploads implements KvStore<MetadataValue> {
  readonly #uploads = new Map<string, MetadataValue>();

  async get(id: string): Promise<MetadataValue | undefined> {
    return this.#uploads.get(id);
  }

  async set(id: string, upload: MetadataValue): Promise<void> {
    this.#uploads.set(id, upload);
    const [oldest] = this.#uploads.keys();
    if (this.#uploads.size > REMEMBERED_UPLOADS && oldest !== undefined) this.#uploads.delete(oldest);
  }

  async delete(id: string): Promise<void> {
    this.#uploads.delete(id);
  }
}

/** Undefined when there is no such object or upload; without the bucket nothing is known. */
async function ifFound<Value>(asking: Promise<Value>): Promise<Value | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof S3ServiceException && statusOf(error) === 404 && error.name !== 'NoSuchBucket')
      return undefined;
    throw error;
  }
}

const statusOf = (error: S3ServiceException): number | undefined => error.$metadata.httpStatusCode;

/** What no waiting mends; undefined for what may pass. */
function faultOf(error: unknown): string | undefined {
  if (!(error instanceof S3ServiceException)) return undefined;
  const status = statusOf(error);
  if (status === 404) return 'there is none of this name';
  if (status === 403) return 'the credentials may not list it';
  if (status === 301 || status === 400) return 'it is not in S3_REGION, or not at S3_ENDPOINT';
  return undefined;
}
