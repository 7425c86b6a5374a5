/**
 * Erasure in older snapshots: a state loses every text and every reaction that the present state no longer has, and the
 * receipts of whoever has none there. Pure bytes in, bytes out.
 *
 * What a retained snapshot loses are elements, not structs: it becomes the older state plus deletions that the present state
 * holds too (a message that was edited or deleted since is gone from it, everything else stays). So it can be merged into
 * any copy of the document, at any time, and brings nothing back. Putting the new text or a tombstone in the place would
 * need structs that no other copy knows.
 */
import * as Y from 'yjs';
import { type Element, isMessage, MESSAGES, RECEIPTS } from '../../schema/document/message.ts';
import { REACTIONS, type Reaction } from '../../schema/document/reactions.ts';
import { foldState } from './fold-state.ts';

/** @returns the states without what was edited or deleted since; those that held nothing of it are left out. */
export function eraseFormerTexts<Key>(
  states: ReadonlyMap<Key, Uint8Array>,
  present: Uint8Array,
): ReadonlyMap<Key, Uint8Array> {
  const erased = new Map<Key, Uint8Array>();
  if (states.size === 0) return erased;
  const { messages, receipts, reactions } = foldState(present);
  const texts = new Map(messages.flatMap((each) => ('text' in each ? [[each.id, each.text]] : [])));
  // By the text, not by what was deleted: receipts that were written anew leave deletions too.
  const isFormer = (element: Element) =>
    'text' in element && !(isMessage(element) && texts.get(element.id) === element.text);
  const isReader = (user: string) => Object.hasOwn(receipts, user);
  const isTakenBack = (key: string, { emoji }: Reaction) =>
    emoji.some((each) => !reactions.get(key)?.emoji.includes(each));
  for (const [key, state] of states) {
    const without = eraseFrom(state, { isFormer, isReader, isTakenBack });
    if (without) erased.set(key, without);
  }
  return erased;
}

/** Undefined when there is nothing to erase. */
function eraseFrom(
  state: Uint8Array,
  {
    isFormer,
    isReader,
    isTakenBack,
  }: {
    isFormer: (element: Element) => boolean;
    isReader: (user: string) => boolean;
    isTakenBack: (key: string, reaction: Reaction) => boolean;
  },
): Uint8Array | undefined {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    const messages = doc.getArray<Element>(MESSAGES);
    const former = messages.toArray().flatMap((element, index) => (isFormer(element) ? [index] : []));
    const receipts = doc.getMap(RECEIPTS);
    const gone = [...receipts.keys()].filter((user) => !isReader(user));
    const reactions = doc.getMap<Reaction>(REACTIONS);
    const takenBack = [...reactions.entries()].flatMap(([key, reaction]) => (isTakenBack(key, reaction) ? [key] : []));
    if (former.length + gone.length + takenBack.length === 0) return undefined;
    // One transaction, at whose end Yjs collects the content; from the end, so that the other indexes stay true.
    doc.transact(() => {
      for (const index of former.reverse()) messages.delete(index);
      for (const user of gone) receipts.delete(user);
      for (const key of takenBack) reactions.delete(key);
    });
    return Y.encodeStateAsUpdate(doc);
  } finally {
    doc.destroy();
  }
}
