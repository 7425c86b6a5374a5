/**
 * How far one's own messages have come, from the receipts of all others. `reached` holds what was once true and never goes
 * back: a member who joins later has not received old messages, which does not undo that everybody else had.
 */
import { covers, type Receipt, type ReceiptVector, union } from '../../schema/document/receipts.ts';
import type { MessageId } from '../../schema/ids.ts';
import type { Delivery } from './conversation.ts';

/** Own messages up to these clocks are delivered to (`d`) and read by (`r`) everybody else. */
export type Reached = Receipt;

/** `reached` with what `receipts`, one per other member, add for these writers; the same object when that is nothing. */
export function reach(reached: Reached, receipts: readonly Receipt[], writers: Iterable<string>): Reached {
  if (receipts.length === 0) return reached;
  const all = [...writers];
  const d = union(
    reached.d,
    common(
      receipts.map((receipt) => receipt.d),
      all,
    ),
  );
  const r = union(
    reached.r,
    common(
      receipts.map((receipt) => receipt.r),
      all,
    ),
  );
  return d === reached.d && r === reached.r ? reached : { d, r };
}

/** Per writer the lowest clock, of writers that stand in every vector. */
function common(vectors: readonly ReceiptVector[], writers: readonly string[]): ReceiptVector {
  const lowest: Record<string, number> = {};
  for (const writer of writers) {
    const clock = Math.min(...vectors.map((vector) => vector[writer] ?? -1));
    if (clock >= 0) lowest[writer] = clock;
  }
  return lowest;
}

/** Who hides what they read (`isHiding`) does not see what others have read. */
export function deliveryOf(
  id: MessageId,
  reached: Reached,
  { isWaiting, isHiding }: { isWaiting: boolean; isHiding: boolean },
): Delivery {
  if (isWaiting) return 'sending';
  if (covers(reached.r, id)) return isHiding ? 'delivered' : 'read';
  return covers(reached.d, id) ? 'delivered' : 'sent';
}
