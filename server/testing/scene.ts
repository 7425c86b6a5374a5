/**
 * What an attacker finds: a conversation with messages, an edit, a deletion, receipts and reactions, seen through the attacker's own
 * honest copy. Attacks are made from it, so that their ids and clocks are right wherever they do not mean to lie.
 */
import * as Y from 'yjs';
import { MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS } from '../../schema/document/reactions.ts';
import { messageId } from '../../schema/ids.ts';
import type { Id, RawStruct } from './raw-update.ts';

export interface SceneOptions {
  /** The attacker's copy of everything. */
  readonly doc: Y.Doc;
  readonly attacker: string;
  readonly victim: string;
  readonly attackerWriter: number;
  readonly victimWriter: number;
}

export class Scene {
  readonly doc: Y.Doc;
  readonly attacker: string;
  readonly victim: string;
  readonly attackerWriter: number;
  readonly victimWriter: number;
  /** A writer nobody has used. */
  readonly fresh = 0x0badcafe;
  readonly fresh2 = 0x0badf00d;

  constructor({ doc, attacker, victim, attackerWriter, victimWriter }: SceneOptions) {
    this.doc = doc;
    this.attacker = attacker;
    this.victim = victim;
    this.attackerWriter = attackerWriter;
    this.victimWriter = victimWriter;
  }

  /** How many elements of a writer there are: the clock of its next one. */
  clock(writer: number): number {
    return Y.getState(this.doc.store, writer);
  }

  /** The server's own writer: the one that is neither's and has written messages. */
  get serverWriter(): number {
    for (const writer of this.doc.store.clients.keys()) {
      if (writer !== this.attackerWriter && writer !== this.victimWriter) return writer;
    }
    throw new Error('The server has not written yet');
  }

  /** The end of `messages`: what an honest append follows. */
  get end(): Id {
    let item = this.doc.getArray(MESSAGES)._start;
    while (item?.right) item = item.right;
    if (!item) throw new Error('There are no messages');
    return [item.lastId.client, item.lastId.clock];
  }

  /** The first message of the victim that nobody has touched. */
  get victimMessage(): Id {
    return this.#find(this.victimWriter, MESSAGES);
  }

  get attackerMessage(): Id {
    return this.#find(this.attackerWriter, MESSAGES);
  }

  /** The current value of somebody's receipt. */
  receipt(user: string): Id {
    const item = this.doc.getMap(RECEIPTS)._map.get(user);
    if (!item) throw new Error(`${user} has no receipt`);
    return [item.id.client, item.id.clock];
  }

  /** The current value of a reaction of somebody. */
  reaction(user: string): Id {
    for (const [key, item] of this.doc.getMap(REACTIONS)._map)
      if (key.startsWith(`${user}/`)) return [item.id.client, item.id.clock];
    throw new Error(`${user} has no reaction`);
  }

  #find(writer: number, root: string): Id {
    for (let item = this.doc.getArray(root)._start; item; item = item.right) {
      if (!item.deleted && item.id.client === writer) return [item.id.client, item.id.clock];
    }
    throw new Error(`Writer ${writer} has nothing in ${root}`);
  }

  /** An honest message of the attacker's, but for what is overridden. */
  message(client: number, clock: number, override: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return { id: messageId(client, clock), from: this.attacker, at: Date.now(), text: 'attack', ...override };
  }

  /** A struct with one honest message at the end, but for what is overridden. */
  append(client: number, clock: number, override: Readonly<Record<string, unknown>> = {}): RawStruct {
    return { origin: this.end, content: { any: [this.message(client, clock, override)] } };
  }
}
