/**
 * A local copy that is being synced: its channel, this person's receipt in it, and what follows from each way a channel can
 * end. Whether the copy still fits the server is its owner's business.
 */
import { CLOSE, isPermanent } from '../../schema/close-codes.ts';
import { type DocumentId, parseDocumentId } from '../../schema/ids.ts';
import { fullJitterMs } from '../connection/backoff.ts';
import type { Connection } from '../connection/connection.ts';
import { ABNORMAL } from '../connection/link.ts';
import { type DocumentChannel, openDocumentChannel } from './document-channel.ts';
import type { Fates } from './fates.ts';
import type { Device, LocalCopy } from './local-copy.ts';
import { OwnReceipt } from './own-receipt.ts';
import type { Reading } from './reading.ts';

export interface SyncedCopyOptions {
  readonly device: Device;
  readonly connection: Connection;
  readonly document: DocumentId;
  readonly copy: LocalCopy;
  readonly fates: Fates;
  readonly reading: Reading;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The copy is only read. */
  readonly isShutOut: boolean;
  /** Above 0 the first attempt is put off, as if that many had failed. */
  readonly attempt: number;
  readonly generation: () => string | undefined;
  /** Never rejects. */
  readonly onGeneration: (generation: string) => Promise<void>;
  readonly onSynced: (isSynced: boolean) => void;
  /** The copy does not fit the server any more. */
  readonly onMisfit: () => void;
  readonly onSessionOver: () => void;
  /** The server does not give the document to this person, for good; with a kind, all that is unsent is refused. */
  readonly onGone: (kind?: 'not-member' | 'rejected') => void;
}

/** A server that fails one document again and again is asked for it every few seconds, not every half minute. */
const LAST_ATTEMPT = 3;

export class SyncedCopy implements Disposable {
  readonly copy: LocalCopy;
  readonly receipt: OwnReceipt;
  readonly #options: SyncedCopyOptions;
  readonly #channel: DocumentChannel;
  #isSynced = false;
  #isGone: boolean;
  /** Attempts since the last sync. */
  #attempt = 0;
  #cancelAttempt: (() => void) | undefined;

  constructor(options: SyncedCopyOptions) {
    const { device, connection, document, copy, fates, reading, generation, onGeneration, attempt } = options;
    this.#options = options;
    this.#isGone = options.isShutOut;
    this.copy = copy;
    const epoch = parseDocumentId(document)?.epoch ?? 0;
    this.receipt = new OwnReceipt({ me: device.me, copy, clock: device.clock, reading, epoch });
    this.#channel = openDocumentChannel({
      connection,
      document,
      doc: copy.doc,
      generation,
      onGeneration,
      onSynced: (isSynced) => this.#synced(isSynced),
      onAcknowledged: (acknowledgement) => fates.acknowledged(acknowledgement),
      onRefused: (notice) => fates.refused(notice),
      onClosed: (code) => this.#closed(code),
    });
    copy.serverOrigin = this.#channel.origin;
    if (this.#isGone) return;
    if (attempt > 0) this.#connectLater(attempt);
    else this.#channel.connect();
  }

  /** The copy holds everything that the server had when the present channel was opened. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  [Symbol.dispose](): void {
    this.#cancelAttempt?.();
    this.receipt[Symbol.dispose]();
    this.#channel[Symbol.dispose]();
    this.copy[Symbol.dispose]();
  }

  #synced(isSynced: boolean): void {
    if (this.#isSynced === isSynced) return;
    this.#isSynced = isSynced;
    if (isSynced) this.#attempt = 0;
    this.#options.onSynced(isSynced);
  }

  #closed(code: number): void {
    this.#synced(false);
    switch (code) {
      case ABNORMAL:
        // Waits for the next connection.
        this.#channel.connect();
        return;
      case CLOSE.hostile:
      case CLOSE.generation:
        this.#options.onMisfit();
        return;
      case CLOSE.signIn:
        this.#options.onSessionOver();
        this.#channel.connect();
        return;
      case CLOSE.notMember:
      case CLOSE.noDocument:
        this.#gone(code === CLOSE.notMember ? 'not-member' : 'rejected');
        return;
      default:
        if (isPermanent(code)) return this.#gone();
        this.#connectLater(this.#attempt);
        this.#attempt = Math.min(this.#attempt + 1, LAST_ATTEMPT);
    }
  }

  #gone(kind?: 'not-member' | 'rejected'): void {
    this.#isGone = true;
    this.#options.onGone(kind);
  }

  #connectLater(attempt: number): void {
    this.#cancelAttempt?.();
    const delayMs = fullJitterMs(attempt, this.#options.random());
    this.#cancelAttempt = this.#options.device.clock.after(delayMs, () => this.#channel.connect());
  }
}
