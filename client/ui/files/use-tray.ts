/** The files that the next message will carry, as the composer needs them; this device keeps them until they are sent. */
import { useCallback } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import type { OutgoingFile, Tray, TrayFile } from '../../conversation/attachments.ts';
import type { Trays } from '../../conversation/conversation.ts';
import { useObserved } from '../observed.ts';
import { useSession } from '../session.ts';

export interface ComposerTray extends Tray {
  add(files: Iterable<File>): Promise<void>;
  /** One that is ready to be sent as it is. */
  put(file: OutgoingFile): void;
  /** They are sent, or not wanted any more. */
  remove(files: readonly TrayFile[]): void;
}

export function useTray(conversation: ConversationId): ComposerTray {
  const { trays } = useSession().messenger;
  const tray = useObserved(trays.of(conversation));
  const add = useAddToTray(conversation);
  // What fails is shown by the store.
  return {
    ...{ ...tray, add },
    put: (file) => void trays.add(conversation, [file]).catch(() => undefined),
    remove: (files) => void trays.remove(conversation, files).catch(() => undefined),
  };
}

export function useAddToTray(conversation: ConversationId): (files: Iterable<File>) => Promise<void> {
  const { trays } = useSession().messenger;
  return useCallback((files) => addToTray(trays, conversation, files), [trays, conversation]);
}

export async function addToTray(trays: Trays, conversation: ConversationId, chosen: Iterable<File>): Promise<void> {
  // The list empties with the event that brought it.
  const files = [...chosen];
  const { prepareFile } = await import('./prepare-file.ts');
  // An empty file is nothing to send, and so is a folder.
  const prepared = (await Promise.all(files.map((file) => prepareFile(file)))).filter(({ size }) => size > 0);
  if (prepared.length > 0) await trays.add(conversation, prepared);
}
