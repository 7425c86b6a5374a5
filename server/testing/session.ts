/**
 * Honest sessions drawn by fast-check: people on several devices write, edit, delete, read, and sync now and then. What is
 * not synced at the end is what an attacker damages.
 */
import fc from 'fast-check';
import * as Y from 'yjs';
import type { FileId, MessageFile } from '../../schema/document/files.ts';
import type { Element } from '../../schema/document/message.ts';
import { type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import { cover, NO_RECEIPT, type Receipt } from '../../schema/document/receipts.ts';
import { type MessageId, messageId, type UserId } from '../../schema/ids.ts';
import { MAX_VOICE_MS, VOICE_PEAKS } from '../../schema/limits.ts';
import type { Upload } from '../files/file-rows.ts';

export interface Step {
  readonly device: number;
  readonly does: (typeof DEEDS)[number];
  readonly on: number;
}

const DEEDS = [
  ...(['say', 'say', 'say a lot', 'attach', 'edit', 'delete', 'read', 'react', 'react', 'take back'] as const),
  ...(['sync', 'sync', 'sync', 'break a rule'] as const),
];

/** Two devices of one person, two other people, and the attacker. */
export const USERS = ['ana', 'ana', 'bo', 'cy', 'eve'] as const;
export const ATTACKER = 4;

export const stepsArbitrary = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record({
      device: fc.nat(USERS.length - 1),
      does: fc.constantFrom(...DEEDS),
      on: fc.nat(1_000),
    }),
    { maxLength },
  );

/** Six different writers in any order: five devices and the server. */
export const writersArbitrary: fc.Arbitrary<number[]> = fc.uniqueArray(fc.nat(2 ** 31), { minLength: 6, maxLength: 6 });

const KINDS: readonly Omit<MessageFile, 'id'>[] = [
  {
    ...{ name: 'voice.webm', type: 'audio/webm', size: 51_000 },
    ...{ duration: MAX_VOICE_MS, peaks: '0v'.repeat(VOICE_PEAKS / 2) },
  },
  { name: 'sea.jpg', type: 'image/jpeg', size: 70_000, width: 640, height: 480 },
  { name: 'plan.pdf', type: 'application/pdf', size: 1 },
];
const EMOJI = ['👍', '❤️', '🎉'];

export class SessionDevice {
  readonly doc = new Y.Doc();
  readonly user: string;
  readonly #uploads: Map<FileId, Upload>;

  /** What it uploads stands in `uploads` from then on. */
  constructor(user: string, clientID: number, uploads = new Map<FileId, Upload>()) {
    this.user = user;
    this.#uploads = uploads;
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
      case 'attach':
        return this.#push({
          ...{ id: this.#next(), from, at: nowMs, text: on % 2 ? '' : `${from} shows ${on}` },
          files: KINDS.slice(0, 1 + (on % KINDS.length)).map((kind, n) => this.#upload(kind, n)),
          // Naming what nobody uploaded breaks a rule, too.
          ...(on % 5 === 0 && { files: [{ id: `${on}`.padStart(25, 'x'), ...KINDS[0] }] }),
        });
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

  #upload(kind: Omit<MessageFile, 'id'>, n: number): MessageFile {
    const [writer = '', clock = ''] = this.#next().split('-');
    const id = `${writer.padStart(8, '0')}${n}${clock.padStart(16, '0')}` as FileId;
    const { name, type, size } = kind;
    this.#uploads.set(id, { id, user: this.user as UserId, name, type, size });
    return { id, ...kind };
  }

  #next(): MessageId {
    return messageId(this.doc.clientID, Y.getState(this.doc.store, this.doc.clientID));
  }

  #push(element: object): void {
    this.messages.push([element as Element]);
  }
}
