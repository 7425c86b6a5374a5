/**
 * The order in which somebody typed what one update brings. An update lists its structs by writer, and a page that was closed
 * had another writer than the one that came after it: taken as they come, an edit of the former page would win over a later
 * one. The document knows better: who types has what was typed before in front of it.
 */

import type { Appended } from './conversation-grammar.ts';
import type { GatedDocument } from './gated-document.ts';

/** To be asked when the update is applied and nothing of it was moved yet. */
export function inTypedOrder(doc: GatedDocument, appended: readonly Appended[]): readonly Appended[] {
  const writers = new Map<number, Map<number, Appended>>();
  for (const each of appended) {
    const clocks = writers.get(each.client);
    if (clocks) clocks.set(each.clock, each);
    else writers.set(each.client, new Map([[each.clock, each]]));
  }
  if (writers.size < 2) return appended;
  const ordered: Appended[] = [];
  for (let item = doc.messages._start; item; item = item.right) {
    const clocks = writers.get(item.id.client);
    if (!clocks) continue;
    for (let offset = 0; offset < item.length; offset++) {
      const each = clocks.get(item.id.clock + offset);
      if (each) ordered.push(each);
    }
  }
  return ordered;
}
