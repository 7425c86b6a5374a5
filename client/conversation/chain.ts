/**
 * Which documents of a conversation's chain are open on this device. The newest always is, for sending, counting and ticks;
 * so is the window, the contiguous run of epochs that is shown; and so is any epoch whose document has something to send.
 * An epoch enters the window once its messages are here, so that rows never appear in the middle. It knows no rows.
 */
import { type ConversationId, parseDocumentId } from '../../schema/ids.ts';
import type { Edge } from './conversation.ts';
import type { Device } from './local-copy.ts';
import type { Replica } from './replica.ts';

/**
 * 6,000 messages are 3 MB, are folded in 3 ms, and are more than anybody scrolls through before they jump. Fewer would drop
 * what a reader who scrolls back and forth comes to again.
 */
export const MAX_EPOCHS_IN_WINDOW = 6;

export interface Opened {
  readonly epoch: number;
  readonly replica: Replica;
}

export interface ChainOptions {
  readonly id: ConversationId;
  /** The newest that is known of. */
  readonly epoch: number;
  readonly device: Device;
  readonly openReplica: (epoch: number, onChange: () => void) => Replica;
  readonly isOffline: () => boolean;
  /** Somebody has it on screen: what they look at is not taken away. */
  readonly isLookedAt: () => boolean;
  readonly onChange: () => void;
}

export class Chain implements Disposable {
  readonly #options: ChainOptions;
  readonly #open = new Map<number, Replica>();
  #opened: readonly Opened[] = [];
  /** Epochs that something is being done with, and how many such things. */
  readonly #used = new Map<number, number>();
  /** Epochs that were looked for without a network, in vain. */
  readonly #missing = new Set<number>();
  readonly #watchers = new Set<() => void>();
  #newest: number;
  #low: number;
  #high: number;
  /** The window is to reach the newest epoch, as soon as what lies between is here. */
  #isFollowing = true;
  #isBegun = false;
  #loadingOlder: Promise<void> | undefined;
  #loadingNewer: Promise<void> | undefined;
  #isDisposed = false;

  constructor(options: ChainOptions) {
    this.#options = options;
    this.#newest = options.epoch;
    this.#low = options.epoch;
    this.#high = options.epoch;
    this.#arrange();
    void this.#begin();
  }

  /** All that are open, oldest first. */
  get opened(): readonly Opened[] {
    return this.#opened;
  }

  get newest(): number {
    return this.#newest;
  }

  /** First and last epoch that are shown. */
  get low(): number {
    return this.#low;
  }

  get high(): number {
    return this.#high;
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** False until it is known where to begin; the store tells within milliseconds. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** All that is to be shown is here. */
  get isComplete(): boolean {
    return this.#isBegun && this.newer === 'none' && this.#isHere(this.#low);
  }

  get older(): Edge {
    if (this.#low === 0) return 'none';
    if (this.#isOutOfReach(this.#low - 1)) return 'absent';
    return this.#loadingOlder ? 'loading' : 'more';
  }

  get newer(): Edge {
    if (this.#high === this.#newest) return 'none';
    if (this.#isOutOfReach(this.#high + 1)) return 'absent';
    return this.#loadingNewer || this.#isFollowing ? 'loading' : 'more';
  }

  /** Epochs whose messages are on this device, oldest first. */
  stored(): Promise<readonly number[]> {
    return this.#options.device.store.epochsOf(this.#options.id);
  }

  /** There is a newer epoch: it is opened, and followed unless that took rows away from somebody. */
  extend(epoch: number): void {
    if (epoch <= this.#newest) return;
    this.#newest = epoch;
    if (this.#isFollowing && epoch - this.#low >= MAX_EPOCHS_IN_WINDOW) {
      this.#isFollowing = !this.#options.isLookedAt();
      if (this.#isFollowing) {
        this.#low = epoch - MAX_EPOCHS_IN_WINDOW + 1;
        this.#high = Math.max(this.#high, this.#low);
      }
    }
    this.changed();
  }

  /** Resolves when the epoch before the window is in it, or known not to be had now. */
  loadOlder(): Promise<void> {
    if (this.#low === 0) return Promise.resolve();
    this.#loadingOlder ??= this.#load(this.#low - 1).finally(() => {
      this.#loadingOlder = undefined;
      this.changed();
    });
    this.changed();
    return this.#loadingOlder;
  }

  /** Likewise the one after it. */
  loadNewer(): Promise<void> {
    if (this.#high === this.#newest) return Promise.resolve();
    this.#loadingNewer ??= this.#load(this.#high + 1).finally(() => {
      this.#loadingNewer = undefined;
      this.changed();
    });
    this.changed();
    return this.#loadingNewer;
  }

  /** Moves the window to `epoch`; false, and nothing moves, when it cannot be had now. */
  show(epoch: number): Promise<boolean> {
    return this.use(epoch, async () => {
      if (!(await this.#arrived(epoch))) return false;
      if (epoch < this.#low - 1 || epoch > this.#high + 1) {
        this.#low = epoch;
        this.#high = epoch;
        this.#isFollowing = epoch === this.#newest;
      } else this.#include(epoch);
      this.changed();
      return true;
    });
  }

  /** Nobody looks any more: what is needed to count the unread, from `epoch` on, stays. */
  rest(epoch: number): void {
    if (!this.#isFollowing) {
      this.#low = this.#newest;
      this.#high = this.#newest;
    }
    this.#isFollowing = true;
    this.#low = Math.min(this.#high, Math.max(this.#low, epoch));
    this.changed();
  }

  /** Keeps `epoch` open while `work` is done with it. */
  async use<Result>(epoch: number, work: (replica: Replica) => Promise<Result>): Promise<Result> {
    this.#used.set(epoch, (this.#used.get(epoch) ?? 0) + 1);
    this.#arrange();
    try {
      return await work(this.#open.get(epoch) as Replica);
    } finally {
      const others = (this.#used.get(epoch) ?? 1) - 1;
      if (others > 0) this.#used.set(epoch, others);
      else this.#used.delete(epoch);
      this.changed();
    }
  }

  /**
   * Syncs all epochs that are stored here, one after the other: in one that nobody opens a text may have been erased. False
   * when the server could not be asked about all of them.
   */
  async renew(): Promise<boolean> {
    for (const epoch of await this.stored()) {
      // Signed out meanwhile: a store that was erased must not be made again.
      if (this.#isDisposed) return false;
      const isRenewed = await this.use(epoch, (replica) =>
        this.until(() => {
          if (replica.isSynced || replica.isGone) return true;
          return this.#options.isOffline() ? false : undefined;
        }),
      );
      if (!isRenewed) return false;
    }
    return true;
  }

  /** What `look` answers as soon as it answers something; it is asked at every change. */
  until<Result>(look: () => Result | undefined): Promise<Result> {
    return new Promise((resolve) => {
      const watch = () => {
        const result = look();
        if (result === undefined) return;
        this.#watchers.delete(watch);
        resolve(result);
      };
      this.#watchers.add(watch);
      watch();
    });
  }

  /** A document, the outbox or the network has changed. */
  changed(): void {
    if (this.#isDisposed) return;
    if (!this.#options.isOffline()) this.#missing.clear();
    this.#arrange();
    for (const watch of [...this.#watchers]) watch();
    this.#options.onChange();
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#watchers.clear();
    for (const replica of this.#open.values()) replica[Symbol.dispose]();
  }

  /**
   * Begins where this device left off, so that a person who comes back sees what they have while the rest arrives, and goes
   * back to where they have read, as far as it is stored: the first unread message stands there.
   */
  async #begin(): Promise<void> {
    const stored = await this.stored();
    if (this.#isDisposed) return;
    const left = Math.max(...stored.filter((epoch) => epoch <= this.#newest));
    if (Number.isFinite(left) && left < this.#high) {
      this.#low = left;
      this.#high = left;
      this.#isFollowing = this.#newest - left < MAX_EPOCHS_IN_WINDOW;
      this.#arrange();
    }
    for (;;) {
      await this.until(() => this.#open.get(this.#low)?.copy);
      const isFull = this.#newest - this.#low + 1 >= MAX_EPOCHS_IN_WINDOW;
      if (isFull || this.#hasRead() || !stored.includes(this.#low - 1)) break;
      await this.loadOlder();
    }
    this.#isBegun = true;
    this.changed();
  }

  #hasRead(): boolean {
    return this.#opened.some(({ replica }) => Object.keys(replica.receipt?.read ?? {}).length > 0);
  }

  async #load(epoch: number): Promise<void> {
    await this.use(epoch, async () => {
      if (await this.#arrived(epoch)) this.#include(epoch);
    });
  }

  /** Takes a neighbour into the window; what is too much goes at the other end. Nothing when the window has moved away. */
  #include(epoch: number): void {
    if (epoch === this.#low - 1) {
      this.#low = epoch;
      this.#high = Math.min(this.#high, epoch + MAX_EPOCHS_IN_WINDOW - 1);
      // What was on its way at the other end would push out what was asked for.
      if (this.#newest - epoch >= MAX_EPOCHS_IN_WINDOW) this.#isFollowing = false;
    } else if (epoch === this.#high + 1) {
      this.#high = epoch;
      this.#low = Math.max(this.#low, epoch - MAX_EPOCHS_IN_WINDOW + 1);
      this.#isFollowing ||= epoch === this.#newest;
    }
  }

  #arrived(epoch: number): Promise<boolean> {
    return this.until(() => {
      if (this.#isHere(epoch)) return true;
      if (!this.#isOutOfReach(epoch)) return undefined;
      this.#missing.add(epoch);
      return false;
    });
  }

  /** Its messages are here, or it is known to have none. */
  #isHere(epoch: number): boolean {
    const replica = this.#open.get(epoch);
    if (!replica?.copy) return false;
    return replica.record.wasSynced || replica.isSynced || replica.isGone || replica.elements().length > 0;
  }

  #isOutOfReach(epoch: number): boolean {
    if (!this.#options.isOffline() || this.#isHere(epoch)) return false;
    return this.#missing.has(epoch) || this.#open.get(epoch)?.copy !== undefined;
  }

  #arrange(): void {
    while (this.#isFollowing && this.#high < this.#newest && this.#isHere(this.#high + 1))
      this.#include(this.#high + 1);
    const wanted = this.#wanted();
    for (const epoch of wanted)
      if (!this.#open.has(epoch))
        this.#open.set(
          epoch,
          this.#options.openReplica(epoch, () => this.changed()),
        );
    for (const [epoch, replica] of this.#open)
      if (!wanted.has(epoch)) {
        this.#open.delete(epoch);
        void replica.close();
      }
    const epochs = [...this.#open.keys()].sort((a, b) => a - b);
    const isSame = epochs.length === this.#opened.length && epochs.every((one, at) => this.#opened[at]?.epoch === one);
    if (!isSame) this.#opened = epochs.map((epoch) => ({ epoch, replica: this.#open.get(epoch) as Replica }));
  }

  #wanted(): Set<number> {
    const { id, device } = this.#options;
    const wanted = new Set([this.#newest, ...this.#used.keys()]);
    const last = this.#isFollowing ? this.#newest : this.#high;
    for (let epoch = this.#low; epoch <= last; epoch++) wanted.add(epoch);
    for (const record of device.outbox.contents.get().records) {
      const parsed = parseDocumentId(record.document);
      if (parsed?.conversation === id) wanted.add(parsed.epoch);
    }
    return wanted;
  }
}
