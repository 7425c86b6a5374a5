/** Uploads one file by the tus protocol; the one place that knows the library. Loaded when there is something to upload. */
import { type DetailedError, Upload } from 'tus-js-client';

export interface UploadOptions {
  readonly blob: Blob;
  readonly name: string;
  readonly type: string;
  readonly conversation: string;
  /** Where an earlier attempt broke off; 404 or 410 says that it is not there any more. */
  readonly url: string | undefined;
  readonly onUrl: (url: string) => void;
  readonly onProgress: (bytes: number) => void;
}

/** `status`: what the server said; undefined when it could not be reached. */
export interface UploadError {
  readonly status: number | undefined;
}

export interface Uploading {
  /** The id of the file. */
  readonly outcome: Promise<string | UploadError>;
  /** It goes on another time. */
  pause(): void;
  /** It never goes on. */
  cancel(): void;
}

export type UploadFile = (options: UploadOptions) => Uploading;

/** Some seconds on a slow network: what is lost when it breaks, and less than servers and proxies wait for. */
const CHUNK_BYTES = 2 * 1024 * 1024;

export const uploadFile: UploadFile = ({ blob, name, type, conversation, url, onUrl, onProgress }) => {
  let end: (outcome: string | UploadError) => void = () => undefined;
  const outcome = new Promise<string | UploadError>((resolve) => {
    end = resolve;
  });
  const upload = new Upload(blob, {
    // Not both: whatever a server in trouble says of the old one, tus-js-client would begin a new one.
    ...(url === undefined ? { endpoint: '/api/files' } : { uploadUrl: url }),
    chunkSize: CHUNK_BYTES,
    // When to try again is decided elsewhere, and where to go on is kept with the message.
    retryDelays: [],
    storeFingerprintForResuming: false,
    metadata: { conversation, filename: name, filetype: type },
    onUploadUrlAvailable: () => upload.url && onUrl(upload.url),
    onProgress,
    onSuccess: () => end(upload.url?.split('/').at(-1) ?? { status: undefined }),
    onError: (error) => end({ status: (error as Partial<DetailedError>).originalResponse?.getStatus() || undefined }),
  });
  upload.start();
  const stop = (isForEver: boolean) => {
    // What the server does not hear of it forgets within a day.
    upload.abort(isForEver).catch(() => undefined);
    end({ status: undefined });
  };
  return { outcome, pause: () => stop(false), cancel: () => stop(true) };
};
