/** Does what the service worker asks of this window when a notification was touched: shows a message, or marks all as read. */
import type { ConversationId } from '../../schema/ids.ts';
import type { Messenger } from '../conversation/conversation.ts';
import { readAppMessage } from '../push/app-message.ts';
import { openConversation } from './router.ts';

export function obeyWorker(messenger: Messenger): () => void {
  // Private windows of some browsers have no service workers.
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const obey = ({ data, ports }: MessageEvent<unknown>) => {
    const message = readAppMessage(data);
    if (message?.t === 'open') openConversation(message.conversation, message.message);
    else if (message?.t === 'read')
      void markRead(messenger, message.conversation).then(() => ports[0]?.postMessage('done'));
  };
  container?.addEventListener('message', obey);
  return () => container?.removeEventListener('message', obey);
}

async function markRead(messenger: Messenger, id: ConversationId): Promise<void> {
  using conversation = messenger.open(id);
  const { timeline } = conversation;
  let stop = () => {};
  await new Promise<void>((resolve) => {
    const look = () => timeline.get().state !== 'loading' && resolve();
    stop = timeline.subscribe(look);
    look();
  });
  stop();
  conversation.shown(timeline.get().rows.flatMap(({ own, message }) => (own ? [] : [message.id])));
}
