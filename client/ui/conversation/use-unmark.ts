/** A conversation that was marked as unread is not any more once it is opened; marked while it is open, it stays so until the next time. */
import { useEffect, useRef } from 'react';
import type { ConversationSummary, Messenger } from '../../conversation/conversation.ts';

export function useUnmark(
  { shared }: Pick<Messenger, 'shared'>,
  { id, isMarkedUnread }: ConversationSummary,
  /** Another number each time it is opened, undefined while it is hidden. */
  visit: number | undefined,
): void {
  const isMarked = useRef(isMarkedUnread);
  isMarked.current = isMarkedUnread;
  useEffect(() => {
    if (visit !== undefined && isMarked.current) shared.keep(id, { unread: false });
  }, [shared, id, visit]);
}
