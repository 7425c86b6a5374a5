/** A document in which people have other ids: those they have on the server that takes it in. Pure bytes in, bytes out. */
import * as Y from 'yjs';
import { type Element, isMessage } from '../../schema/document/message.ts';
import { parseReactionKey, type Reaction, reactionKey } from '../../schema/document/reactions.ts';
import type { Receipt } from '../../schema/document/receipts.ts';
import type { UserId } from '../../schema/ids.ts';

/**
 * Writing the elements anew would give them new Yjs ids, which message ids and receipts rest on. So structs keep their place
 * and only what they carry is changed, before it is encoded again.
 */
export function renamePeople(state: Uint8Array, nameOf: (id: string) => string): Uint8Array {
  const doc = new Y.Doc();
  try {
    Y.applyUpdate(doc, state);
    for (const structs of doc.store.clients.values())
      for (const struct of structs) {
        if (!(struct instanceof Y.Item)) continue;
        if (struct.parentSub !== null) struct.parentSub = renamedKey(struct.parentSub, nameOf);
        if (struct.content instanceof Y.ContentAny)
          struct.content.arr = (struct.content.arr as Written[]).map((value) => renamed(value, nameOf));
      }
    return Y.encodeStateAsUpdate(doc);
  } finally {
    doc.destroy();
  }
}

type Written = Element | Receipt | Reaction;

/** The key of a receipt is whose it is, that of a reaction says so. */
function renamedKey(key: string, nameOf: (id: string) => string): string {
  const reaction = parseReactionKey(key);
  return reaction ? reactionKey(nameOf(reaction.user) as UserId, reaction.on) : nameOf(key);
}

function renamed(value: Written, nameOf: (id: string) => string): unknown {
  if ('d' in value || 'on' in value || !isMessage(value)) return value;
  return { ...value, from: nameOf(value.from), ...('by' in value && { by: nameOf(value.by) }) };
}
