/**
 * What other servers have committed, on its way into a room: entries come in any order, twice, with gaps or not at all. Only
 * what follows the head without a gap is taken in; everything else has the journal.
 */
import { openEntry, type SealedEntry } from '../fan-out/sealed-entry.ts';

export class Arrivals {
  readonly #waiting = new Map<number, SealedEntry>();

  /** What cannot be opened is left out: the entry after it will be one with a gap before it. */
  add(sealed: readonly Uint8Array[]): void {
    for (const bytes of sealed) {
      const entry = openEntry(bytes);
      if (entry) this.#waiting.set(entry.seq, entry);
    }
  }

  /** Those that come next. What is older than the head is known. */
  takeAfter(head: number): SealedEntry[] {
    const next: SealedEntry[] = [];
    for (const seq of this.#waiting.keys()) if (seq <= head) this.#waiting.delete(seq);
    for (let entry = this.#waiting.get(head + 1); entry; entry = this.#waiting.get(entry.seq + 1)) {
      this.#waiting.delete(entry.seq);
      next.push(entry);
    }
    return next;
  }

  /** Once all that comes next was taken: something between is missing. */
  get hasGap(): boolean {
    return this.#waiting.size > 0;
  }

  /** The journal is about to be read: whatever has arrived before is in it. */
  clear(): void {
    this.#waiting.clear();
  }
}
