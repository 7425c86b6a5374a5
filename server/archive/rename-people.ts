/** A document in which people have other ids: those they have on the server that takes it in. Pure bytes in, bytes out. */
import * as Y from 'yjs';
import { type Element, isMessage } from '../../schema/document/message.ts';
import type { Receipt } from '../../schema/document/receipts.ts';

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
        // The key of a receipt is whose it is.
        if (struct.parentSub !== null) struct.parentSub = nameOf(struct.parentSub);
        if (struct.content instanceof Y.ContentAny)
          struct.content.arr = (struct.content.arr as (Element | Receipt)[]).map((value) => renamed(value, nameOf));
      }
    return Y.encodeStateAsUpdate(doc);
  } finally {
    doc.destroy();
  }
}

function renamed(value: Element | Receipt, nameOf: (id: string) => string): unknown {
  if ('d' in value || !isMessage(value)) return value;
  return { ...value, from: nameOf(value.from), ...('by' in value && { by: nameOf(value.by) }) };
}
