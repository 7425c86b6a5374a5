/**
 * Receipts: per person, two vectors over the writers of messages. A vector instead of one position stays exact whatever
 * the order of arrival, because Yjs places concurrent appends by clientID. Clocks are inclusive; writers are base 36.
 */
import { type MessageId, parseMessageId } from '../ids.ts';

/** Writer (clientID, base 36) → the highest message clock covered, inclusive. */
export type ReceiptVector = Readonly<Record<string, number>>;

/** `d`: stored on one of this person's devices; `r`: shown to this person. */
export interface Receipt {
  readonly d: ReceiptVector;
  readonly r: ReceiptVector;
}

export const NO_RECEIPT: Receipt = { d: {}, r: {} };

/** Whether `vector` covers the message. */
export function covers(vector: ReceiptVector, id: MessageId): boolean {
  const dash = id.indexOf('-');
  const clock = vector[id.slice(0, dash)];
  return clock !== undefined && clock >= Number.parseInt(id.slice(dash + 1), 36);
}

/** `vector` with the given messages covered too; the same object when nothing is new. */
export function cover(vector: ReceiptVector, ids: Iterable<MessageId>): ReceiptVector {
  let next: Record<string, number> | undefined;
  for (const id of ids) {
    const parsed = parseMessageId(id);
    if (!parsed) continue;
    const writer = parsed.writer.toString(36);
    if (parsed.clock > ((next ?? vector)[writer] ?? -1)) {
      next ??= { ...vector };
      next[writer] = parsed.clock;
    }
  }
  return next ?? vector;
}

/** The union of two vectors: per writer the higher clock; `a` itself when `b` adds nothing. */
export function union(a: ReceiptVector, b: ReceiptVector): ReceiptVector {
  let next: Record<string, number> | undefined;
  for (const writer of Object.keys(b)) {
    const clock = b[writer] as number;
    if (clock > (a[writer] ?? -1)) {
      next ??= { ...a };
      next[writer] = clock;
    }
  }
  return next ?? a;
}

export function sameVector(a: ReceiptVector, b: ReceiptVector): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

export const sameReceipt = (a: Receipt, b: Receipt): boolean => sameVector(a.d, b.d) && sameVector(a.r, b.r);
