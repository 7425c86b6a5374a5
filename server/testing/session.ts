/**
 * Honest sessions drawn by fast-check: people on several devices write, edit, delete, read, and sync now and then. What is
 * not synced at the end is what an attacker damages.
 */
import fc from 'fast-check';
import * as Y from 'yjs';
import type { Element } from '../../schema/document/message.ts';
import { type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import { cover, NO_RECEIPT, type Receipt } from '../../schema/document/receipts.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';

export interface Step {
  readonly device: number;
  readonly does: 'say' | 'say a lot' | 'edit' | 'delete' | 'read' | 'react' | 'take back' | 'sync' | 'break a rule';
  readonly on: number;
}

/** Two devices of one person, two other people, and the attacker. */
export const USERS = ['ana', 'ana', 'bo', 'cy', 'eve'] as const;
export const ATTACKER = 4;

export const stepsArbitrary = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      device: fc.nat(USERS.length - 1),
      does: fc.constantFrom(
        ...(['say', 'say', 'say a lot', 'edit', 'delete', 'read', 'react', 'react', 'take back'] as const),
        ...(['sync', 'sync', 'sync', 'break a rule'] as const),
      ),
      on: fc.nat(1_000),
    }),
    { maxLength },
  );

/** Six different writers in any order: five devices and the server. */
export const writersArbitrary: fc.Arbitrary<number[]> = fc.uniqueArray(fc.nat(2 ** 31), { minLength: 6, maxLength: 6 });

const EMOJI = ['👍', '❤️', '🎉'];

export class SessionDevice {
  readonly doc = new Y.Doc();
  readonly user: string;

  constructor(user: string, clientID: number) {
    this.user = user;
    this.doc.clientID = clientID;
  }

  get messages(): Y.Array<Element> {
    return this.doc.getArray<Element>('messages');
  }

  do({ does, on }: Step, nowMs: number): void {
    const ids = this.messages.toArray().flatMap((element) => ('id' in element ? [element.id] : []));
    const id = ids[on % Math.max(1, ids.length)];
    const from = this.user;
    switch (does) {
      case 'say':
        return this.#push({
          id: this.#next(),
          from,
          at: nowMs + (on % 7 === 0 ? 1e9 : -on),
          text: `${from} says ${on}`,
        });
      case 'say a lot':
        for (let i = 0; i < 15; i++) this.#push({ id: this.#next(), from, at: nowMs, text: `${from} says ${on} ${i}` });
        return;
      case 'edit':
        if (id) this.#push({ edit: id, from, at: nowMs, text: `${from} edits ${on}` });
        return;
      case 'delete':
        if (id) this.#push({ del: id, from, at: nowMs });
        return;
      case 'break a rule':
        return this.#push({ id: this.#next(), from, at: nowMs, text: on % 2 ? '' : 'x'.repeat(8_001) });
      case 'read': {
        const receipts = this.doc.getMap<Receipt>('receipts');
        const { d, r } = receipts.get(from) ?? NO_RECEIPT;
        const shown = ids.slice(0, on % (ids.length + 1));
        receipts.set(from, { d: cover(d, ids), r: cover(r, shown) });
        return;
      }
      case 'react':
      case 'take back': {
        if (!id) return;
        const emoji = does === 'take back' ? [] : on % 11 === 0 ? ['no emoji'] : [EMOJI[on % EMOJI.length] as string];
        const reactions = this.doc.getMap<Reaction>('reactions');
        if (on % 5 === 0) reactions.delete(reactionKey(from as UserId, id));
        else reactions.set(reactionKey(from as UserId, id), { on: id, emoji });
        return;
      }
      case 'sync':
        return;
    }
  }

  #next(): MessageId {
    return messageId(this.doc.clientID, Y.getState(this.doc.store, this.doc.clientID));
  }

  #push(element: object): void {
    this.messages.push([element as Element]);
  }
}
