/** The scene of an attack in a bare room: for tests of inspection alone. */
import * as Y from 'yjs';
import type { Element } from '../../schema/document/message.ts';
import { messageId } from '../../schema/ids.ts';
import { BareRoom } from './bare-room.ts';
import { Scene } from './scene.ts';

/** A device of a bare room: a document whose changes are submitted and settled at once. */
export function bareDevice(room: BareRoom, user: string, clientID?: number) {
  const doc = new Y.Doc();
  if (clientID !== undefined) doc.clientID = clientID;
  const pull = (): void => Y.applyUpdate(doc, Y.encodeStateAsUpdate(room.doc), 'server');
  pull();
  return {
    doc,
    user,
    pull,
    messages: doc.getArray<Element>('messages'),
    say(text: string, at = room.nowMs) {
      const id = messageId(doc.clientID, Y.getState(doc.store, doc.clientID));
      this.push({ id, from: user, at, text });
      return id;
    },
    push(element: object): void {
      doc.getArray('messages').push([element]);
    },
    receipt(value: object): void {
      doc.getMap('receipts').set(user, value);
    },
    react(on: string, ...emoji: string[]): void {
      doc.getMap('reactions').set(`${user}/${on}`, { on, emoji });
    },
    /** Sends everything as an update and takes what came of it. */
    submit({ canModerate = false }: { canModerate?: boolean } = {}) {
      const bytes = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(room.doc));
      const judged = room.submit({ user, bytes, canModerate });
      pull();
      return judged;
    },
  };
}

export function bareScene(): { readonly room: BareRoom; readonly scene: Scene } {
  const room = new BareRoom();
  const victim = bareDevice(room, 'victim');
  const attacker = bareDevice(room, 'attacker');
  const first = victim.say('the first of the victim');
  victim.say('the second of the victim');
  victim.submit();
  attacker.pull();
  const own = attacker.say('the first of the attacker');
  attacker.receipt({ d: { [first.split('-')[0] as string]: 0 }, r: {} });
  attacker.submit();
  attacker.receipt({ d: { [first.split('-')[0] as string]: 1 }, r: { [first.split('-')[0] as string]: 1 } });
  attacker.say('the second of the attacker');
  attacker.push({ edit: own, from: 'attacker', at: room.nowMs, text: 'edited' });
  attacker.submit();
  victim.pull();
  attacker.receipt({ d: {}, r: {} });
  attacker.submit();
  attacker.react(first, '❤️');
  attacker.submit();
  victim.pull();
  victim.receipt({ d: { [own.split('-')[0] as string]: 0 }, r: {} });
  victim.react(own, '👍', '🎉');
  victim.submit();
  attacker.pull();
  return {
    room,
    scene: new Scene({
      doc: attacker.doc,
      attacker: 'attacker',
      victim: 'victim',
      attackerWriter: attacker.doc.clientID,
      victimWriter: victim.doc.clientID,
    }),
  };
}
