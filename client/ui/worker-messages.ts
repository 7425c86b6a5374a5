/** Does what the service worker asks of this window when a notification was touched: shows a message, or marks all as read. */
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import type { Messenger } from '../conversation/conversation.ts';
import { CONFIRM_WITHIN_MS, readAppMessage } from '../push/app-message.ts';
import { openConversation } from './router.ts';

export function obeyWorker(messenger: Messenger): () => void {
  // Private windows of some browsers have no service workers.
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const obey = ({ data, ports }: MessageEvent<unknown>) => {
    const message = readAppMessage(data);
    if (message?.t === 'open') openConversation(message.conversation, message.message);
    else if (message?.t === 'read')
      void markRead(messenger, message.conversation, message.message).then(
        (isMarked) => isMarked && ports[0]?.postMessage('done'),
      );
  };
  container?.addEventListener('message', obey);
  return () => container?.removeEventListener('message', obey);
}

/** Whether that message, and all before it, are marked. It may still be on its way to this device. */
async function markRead(messenger: Messenger, id: ConversationId, last: MessageId): Promise<boolean> {
  using conversation = messenger.open(id);
  const { timeline } = conversation;
  return await new Promise<boolean>((resolve) => {
    const end = (isMarked: boolean) => {
      clearTimeout(limit);
      stop();
      resolve(isMarked);
    };
    const look = () => {
      const { rows } = timeline.get();
      const index = rows.findIndex(({ message }) => message.id === last);
      if (index < 0) return;
      conversation.shown(rows.slice(0, index + 1).flatMap(({ own, message }) => (own ? [] : [message.id])));
      end(true);
    };
    const limit = setTimeout(() => end(false), CONFIRM_WITHIN_MS);
    const stop = timeline.subscribe(look);
    look();
  });
}
