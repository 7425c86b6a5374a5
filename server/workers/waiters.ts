/** Promises that documents are projected up to a seq, kept until somebody says how far one is or that it failed. */
import type { DocumentId } from '../../schema/ids.ts';

interface Waiter {
  readonly seq: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Waiters {
  readonly #waiting = new Map<DocumentId, Waiter[]>();

  get documents(): DocumentId[] {
    return [...this.#waiting.keys()];
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  wait(document: DocumentId, seq: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(document, [...(this.#waiting.get(document) ?? []), { seq, resolve, reject }]);
    });
  }

  /** The document is projected up to `seq`; without one, as far as anybody can want. */
  reached(document: DocumentId, seq = Number.POSITIVE_INFINITY): void {
    const waiters = this.#waiting.get(document) ?? [];
    this.#keep(
      document,
      waiters.filter((waiter) => waiter.seq > seq),
    );
    for (const waiter of waiters) if (waiter.seq <= seq) waiter.resolve();
  }

  failed(document: DocumentId, error: unknown): void {
    const waiters = this.#waiting.get(document) ?? [];
    this.#keep(document, []);
    for (const waiter of waiters) waiter.reject(error);
  }

  #keep(document: DocumentId, waiters: Waiter[]): void {
    if (waiters.length > 0) this.#waiting.set(document, waiters);
    else this.#waiting.delete(document);
  }
}
