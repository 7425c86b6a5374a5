/** Trays in memory; see `memory-messenger.ts`. */
import type { ConversationId } from '../../../schema/ids.ts';
import { MAX_MESSAGE_FILES } from '../../../schema/limits.ts';
import type { OutgoingFile, Tray, TrayFile } from '../../conversation/attachments.ts';
import type { Trays } from '../../conversation/conversation.ts';
import { createSource, type Source } from '../observed.ts';

export class MemoryTrays implements Trays {
  readonly #trays = new Map<ConversationId, Source<Tray>>();
  #count = 0;

  of(conversation: ConversationId): Source<Tray> {
    const tray = this.#trays.get(conversation) ?? createSource<Tray>({ files: [], isFull: false });
    this.#trays.set(conversation, tray);
    return tray;
  }

  isAny(): boolean {
    return [...this.#trays.values()].some((tray) => tray.get().files.length > 0);
  }

  async add(conversation: ConversationId, files: readonly OutgoingFile[]): Promise<void> {
    const tray = this.of(conversation);
    const all = [...tray.get().files, ...files.map((file) => ({ ...file, key: `${++this.#count}` }))];
    tray.set({ files: all.slice(0, MAX_MESSAGE_FILES), isFull: all.length > MAX_MESSAGE_FILES });
  }

  async remove(conversation: ConversationId, files: readonly TrayFile[]): Promise<void> {
    const tray = this.of(conversation);
    tray.set({ files: tray.get().files.filter((file) => !files.includes(file)), isFull: false });
  }
}
