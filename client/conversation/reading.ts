/**
 * Who learns what this person reads in a conversation: everybody in it, by the public receipts; or, while receipts are off,
 * only this person's devices, by the account document.
 */
import type { ReceiptVector } from '../../schema/document/receipts.ts';

export interface Reading {
  /** Whether everybody does; undefined while this device does not know what its person wants. */
  isTold(): boolean | undefined;
  /** What was read in this epoch and told to nobody; the same object until it changes. */
  keptIn(epoch: number): ReceiptVector;
  /** Adds to that. */
  keep(epoch: number, read: ReceiptVector): void;
}
