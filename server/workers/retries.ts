/** Documents whose turn failed: each is left alone for a while, longer after every further failure, and then retried. */
import type { DocumentId } from '../../schema/ids.ts';

/** A bug is not hammered, a short outage soon over. */
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 60_000;

export const retryMs = (attempts: number): number => Math.min(FIRST_RETRY_MS * 2 ** (attempts - 1), LAST_RETRY_MS);

export class Retries {
  readonly #retry: (document: DocumentId) => void;
  /** `timer` is undefined from its end until the attempt's outcome is known. */
  readonly #failing = new Map<DocumentId, { readonly attempts: number; timer: NodeJS.Timeout | undefined }>();

  constructor(retry: (document: DocumentId) => void) {
    this.#retry = retry;
  }

  get size(): number {
    return this.#failing.size;
  }

  isResting(document: DocumentId): boolean {
    return this.#failing.get(document)?.timer !== undefined;
  }

  /** Returns how often in a row it has failed now. */
  failed(document: DocumentId): number {
    const before = this.#failing.get(document);
    clearTimeout(before?.timer);
    const failing: { attempts: number; timer: NodeJS.Timeout | undefined } = {
      attempts: (before?.attempts ?? 0) + 1,
      timer: undefined,
    };
    failing.timer = setTimeout(() => {
      failing.timer = undefined;
      this.#retry(document);
    }, retryMs(failing.attempts)).unref();
    this.#failing.set(document, failing);
    return failing.attempts;
  }

  succeeded(document: DocumentId): void {
    clearTimeout(this.#failing.get(document)?.timer);
    this.#failing.delete(document);
  }

  stop(): void {
    for (const { timer } of this.#failing.values()) clearTimeout(timer);
  }
}
