/** Tells the app that a conversation is before somebody's eyes: open, the tab visible, the window focused. */
import { useEffect } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import type { Messenger } from '../../conversation/conversation.ts';
import { afterPaint } from '../after-paint.ts';

/** `id` is undefined while it is not on screen. */
export function useLooking(messenger: Messenger, id: ConversationId | undefined): void {
  useEffect(() => {
    if (!id) return;
    const tell = () => {
      const isLookedAt = document.visibilityState === 'visible' && document.hasFocus();
      messenger.look(isLookedAt ? id : undefined);
    };
    const cancel = afterPaint(tell);
    window.addEventListener('focus', tell);
    window.addEventListener('blur', tell);
    document.addEventListener('visibilitychange', tell);
    return () => {
      cancel();
      window.removeEventListener('focus', tell);
      window.removeEventListener('blur', tell);
      document.removeEventListener('visibilitychange', tell);
      messenger.look(undefined);
    };
  }, [messenger, id]);
}
