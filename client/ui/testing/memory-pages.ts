/** A long timeline in memory that is shown in part, as the chain of a real conversation is: pages come and go as wholes. */
import type { MessageId } from '../../../schema/ids.ts';
import type { Edge, Timeline, TimelineRow } from '../../conversation/conversation.ts';

/** Pages shown at once; what is loaded at one end goes at the other. */
const MAX_PAGES = 4;

export class MemoryPages {
  #rows: readonly TimelineRow[];
  #hidden: ReadonlySet<MessageId> = new Set();
  readonly #newest: number;
  #low: number;
  #high: number;

  constructor(rows: readonly TimelineRow[], each: number) {
    this.#rows = rows.map((row, index) => ({ ...row, epoch: Math.floor(index / each) }));
    this.#newest = this.#rows.at(-1)?.epoch ?? 0;
    this.#low = this.#newest;
    this.#high = this.#newest;
  }

  get all(): readonly TimelineRow[] {
    return this.#rows;
  }

  get shown(): Pick<Timeline, 'rows' | 'older' | 'newer'> {
    const edge = (isEnd: boolean): Edge => (isEnd ? 'none' : 'more');
    return {
      rows: this.#rows.filter(
        ({ epoch, message }) => epoch >= this.#low && epoch <= this.#high && !this.#hidden.has(message.id),
      ),
      older: edge(this.#low === 0),
      newer: edge(this.#high === this.#newest),
    };
  }

  append(row: TimelineRow): void {
    this.#rows = [...this.#rows, { ...row, epoch: this.#newest }];
  }

  change(change: (row: TimelineRow) => TimelineRow): void {
    this.#rows = this.#rows.map(change);
  }

  hide(ids: ReadonlySet<MessageId>): void {
    this.#hidden = ids;
  }

  loadOlder(): void {
    this.#low = Math.max(0, this.#low - 1);
    this.#high = Math.min(this.#high, this.#low + MAX_PAGES - 1);
  }

  loadNewer(): void {
    this.#high = Math.min(this.#newest, this.#high + 1);
    this.#low = Math.max(this.#low, this.#high - MAX_PAGES + 1);
  }

  show(epoch: number): void {
    if (epoch >= this.#low && epoch <= this.#high) return;
    this.#low = epoch;
    this.#high = epoch;
  }
}
