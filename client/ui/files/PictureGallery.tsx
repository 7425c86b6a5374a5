/** The gallery of a conversation, whose code and rows are asked for only when a picture is looked at. */

import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation, ConversationSummary } from '../../conversation/conversation.ts';
import { useObserved } from '../observed.ts';
import { lazily } from '../parts/lazily.tsx';
import { viewed } from './viewed.ts';

const Gallery = lazily(
  async () => (await import('./Gallery.tsx')).Gallery,
  ({ present }) => present !== undefined,
);

export function PictureGallery({
  conversation,
  summary,
  onLost,
}: {
  conversation: Conversation;
  summary: ConversationSummary;
  /** It was closed at a picture whose row is not on the page. */
  onLost: (message: MessageId) => void;
}) {
  const now = useObserved(viewed);
  return (
    <Gallery
      present={now?.conversation === conversation.id ? now.file : undefined}
      conversation={conversation}
      onLost={onLost}
      summary={summary}
    />
  );
}
