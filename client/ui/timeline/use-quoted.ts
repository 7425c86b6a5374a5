/** A message of the conversation by its id, wherever it stands: the row when it is shown, which changes with it; else what is found elsewhere. */
import { useEffect, useState } from 'react';
import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation, Quoted, TimelineRow } from '../../conversation/conversation.ts';

export function useQuoted(
  conversation: Pick<Conversation, 'lookUp'>,
  id: MessageId,
  rows: readonly TimelineRow[],
): Quoted {
  const shown = rows.find(({ message }) => message.id === id)?.message;
  const [found, setFound] = useState<{ readonly id: MessageId; readonly quoted: Quoted }>();
  const isShown = shown !== undefined;
  useEffect(() => {
    if (isShown) return;
    let isWanted = true;
    void conversation.lookUp(id).then((quoted) => isWanted && setFound({ id, quoted }));
    return () => {
      isWanted = false;
    };
  }, [conversation, id, isShown]);
  return shown ?? (found?.id === id ? found.quoted : 'looking');
}
