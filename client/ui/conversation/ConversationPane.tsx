/**
 * The pane of one conversation: its header, and all that is there once it is open. It opens the conversation while it is shown and
 * closes it afterwards, but stays as it was; mount it anew (by key) for another conversation.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Conversation, ConversationSummary } from '../../conversation/conversation.ts';
import { otherOf, useWatch } from '../presence.ts';
import type { Route } from '../router.ts';
import { useSession } from '../session.ts';
import { ConversationHeader } from './ConversationHeader.tsx';
import styles from './ConversationPane.module.css';
import { OpenConversation } from './OpenConversation.tsx';
import { useJump } from './use-jump.ts';
import { useLooking } from './use-looking.ts';
import { useUnmark } from './use-unmark.ts';

export function ConversationPane({
  summary,
  isNarrow,
  route,
  isShown,
  visit,
}: {
  summary: ConversationSummary;
  isNarrow: boolean;
  /** Undefined while it is not shown. */
  route: Route | undefined;
  isShown: boolean;
  /** Another number each time it is shown. */
  visit: number;
}) {
  const { messenger } = useSession();
  const [opened, setOpened] = useState<{ conversation: Conversation; visit: number }>();
  const isAwake = useRef(false);
  // Before anything is painted: what is in memory is there with the first frame.
  useLayoutEffect(() => {
    if (!isShown) return;
    const conversation = messenger.open(summary.id);
    isAwake.current = true;
    setOpened({ conversation, visit });
    return () => {
      isAwake.current = false;
      conversation[Symbol.dispose]();
    };
  }, [messenger, summary.id, isShown, visit]);

  useLooking(messenger, isShown ? summary.id : undefined);
  useUnmark(messenger, summary, isShown ? visit : undefined);
  useWatch(isShown ? otherOf(summary, messenger.account.id) : undefined);
  const jumping = useJump(opened);
  const { jump } = jumping;
  const isOpened = opened?.visit === visit;
  useEffect(() => {
    if (isOpened && route?.message) jump({ message: route.message });
  }, [isOpened, route, jump]);

  return (
    <div className={styles.pane}>
      <ConversationHeader summary={summary} isNarrow={isNarrow} onJump={jump} />
      {opened && <OpenConversation {...opened} {...{ isAwake, summary, isNarrow, jumping }} />}
    </div>
  );
}
