/**
 * Brings epochs that this device stores and nobody opens up to date when the server says that text was erased in such ones, so
 * that it leaves this device too. One conversation at a time; what cannot be done now is done after the next refresh.
 */
import type { ConversationId } from '../../schema/ids.ts';
import type { ConversationRecord } from '../storage/records.ts';
import type { ConversationList } from './conversation-list.ts';

export interface RenewalOptions {
  readonly list: Pick<ConversationList, 'contents' | 'renewed'>;
  /** Syncs all epochs that are stored; false when that could not be done. */
  readonly renew: (id: ConversationId) => Promise<boolean>;
}

export class Renewal {
  readonly #options: RenewalOptions;
  #isRunning = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** To be called when the list has changed. */
  async begin(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    const { list, renew } = this.#options;
    const tried = new Set<string>();
    const next = (): ConversationRecord | undefined =>
      [...list.contents.get().records.values()].find(({ item, erasedHere, isFormer }) => {
        return !isFormer && item.erased !== (erasedHere ?? 0) && !tried.has(item.id);
      });
    for (let record = next(); record; record = next()) {
      const { id, erased } = record.item;
      tried.add(id);
      if (await renew(id as ConversationId)) await list.renewed(id as ConversationId, erased);
    }
    this.#isRunning = false;
  }
}
