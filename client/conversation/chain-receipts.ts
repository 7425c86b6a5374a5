/**
 * Receipts over a chain of documents. A message is covered by the receipts of the document it stands in and of no other;
 * besides, who has read anything in a later epoch has read all earlier ones. What was seen once is never taken back.
 */
import { isDeleted, isMessage, type Message } from '../../schema/document/message.ts';
import { cover, covers, type ReceiptVector } from '../../schema/document/receipts.ts';
import type { MessageId, UserId } from '../../schema/ids.ts';
import type { Opened } from './chain.ts';
import { type Reached, reach } from './delivery.ts';
import type { Replica } from './replica.ts';

const NOWHERE: ReceiptVector = {};

const isEmpty = (vector: ReceiptVector): boolean => {
  for (const _ in vector) return false;
  return true;
};

export class ChainReceipts {
  readonly #me: UserId;
  /** Per person the latest epoch in which they have read anything. */
  readonly #readUpTo = new Map<UserId, number>();
  /** Per epoch what this person has read in it, told or not. */
  readonly #read = new Map<number, ReceiptVector>();

  constructor({ me }: { me: UserId }) {
    this.#me = me;
  }

  /** Takes in what the open documents say; to be called before anything is asked. */
  learn(opened: readonly Opened[], members: readonly UserId[]): void {
    for (const { epoch, replica } of opened) {
      this.#read.set(epoch, replica.receipt?.read ?? NOWHERE);
      for (const user of new Set([...members, this.#me])) {
        const read = user === this.#me ? this.#read.get(epoch) : replica.copy?.receiptOf(user).r;
        if (read && !isEmpty(read)) this.#readUpTo.set(user, Math.max(epoch, this.#readUpTo.get(user) ?? 0));
      }
    }
  }

  /** Unread messages are counted from here on: before it everything is read. */
  get countsFrom(): number {
    return this.#readUpTo.get(this.#me) ?? 0;
  }

  hasRead(user: UserId, id: MessageId, { epoch, replica }: Opened): boolean {
    return (this.#readUpTo.get(user) ?? 0) > epoch || covers(replica.copy?.receiptOf(user).r ?? NOWHERE, id);
  }

  /** How far own messages of one document have come; kept with it, as it never goes back. */
  reach({ epoch, replica }: Opened, others: readonly UserId[]): Reached {
    const { copy, record } = replica;
    if (!copy) return record.reached;
    const own = ownClocks(replica, this.#me);
    const all = { d: own, r: own };
    const receipts = others.map((user) => ((this.#readUpTo.get(user) ?? 0) > epoch ? all : copy.receiptOf(user)));
    const reached = reach(record.reached, receipts, Object.keys(own));
    if (reached !== record.reached) void replica.reach(reached);
    return reached;
  }

  isUnread(message: Message, { epoch }: Opened): boolean {
    if (message.from === this.#me || isDeleted(message) || epoch < this.countsFrom) return false;
    return !covers(this.#read.get(epoch) ?? NOWHERE, message.id);
  }

  /** Whether all epochs that may hold unread messages are among the `opened`. */
  isComplete(opened: readonly Opened[]): boolean {
    const counted = opened.filter(({ epoch }) => epoch >= this.countsFrom);
    const newest = counted.at(-1)?.epoch ?? 0;
    return counted.length === newest - this.countsFrom + 1 && counted.every(({ replica }) => replica.copy);
  }
}

/** Per own writer the last message in the document. */
function ownClocks(replica: Replica, me: UserId): ReceiptVector {
  const elements = replica.elements();
  const known = clocks.get(elements);
  if (known) return known;
  const own = elements.flatMap((element) => (isMessage(element) && element.from === me ? [element.id] : []));
  const found = cover(NOWHERE, own);
  clocks.set(elements, found);
  return found;
}

/** Elements stay the same array until one of them changes; most changes are receipts. */
const clocks = new WeakMap<object, ReceiptVector>();
