/** What this person does with messages of the open conversation. What rows are given stays the same from one drawing to the next. */
import { type RefObject, useCallback } from 'react';
import type { LiveMessage } from '../../../schema/document/message.ts';
import { plainText } from '../../../schema/document/plain-text.ts';
import type { MessageId } from '../../../schema/ids.ts';
import type { Conversation, ConversationSummary, FailedText, TimelineRow } from '../../conversation/conversation.ts';
import type { Deletion } from '../../conversation/deletions.ts';
import { t } from '../../language/translate.ts';
import { copyText } from '../clipboard.ts';
import type { ComposerHandle } from '../composer/Composer.tsx';
import { toTypedMentions } from '../composer/mention-text.ts';
import type { EditTarget } from '../drafts.ts';
import { conversationPath } from '../router.ts';
import { useSession } from '../session.ts';
import type { FailedAction } from '../timeline/FailedRow.tsx';
import { canReact } from '../timeline/message-actions.ts';
import type { AnnouncerHandle } from './Announcer.tsx';

export function useMessageActions({
  conversation,
  summary,
  composer,
  announcer,
}: {
  conversation: Conversation;
  summary: ConversationSummary;
  composer: RefObject<ComposerHandle | null>;
  announcer: RefObject<AnnouncerHandle | null>;
}) {
  const { messenger, drafts } = useSession();
  const { members } = summary;

  const beginEdit = useCallback(
    (target: EditTarget, content: string) => {
      const typed = toTypedMentions(content, members);
      drafts.set(conversation.id, { text: drafts.get(conversation.id).text, edit: { target, text: typed } });
    },
    [drafts, conversation.id, members],
  );

  const edit = useCallback(
    ({ id, files, text }: LiveMessage) => beginEdit({ is: 'message', id, ...(files && { hasFiles: true }) }, text),
    [beginEdit],
  );

  const reply = useCallback(
    ({ message }: TimelineRow) => {
      const { text: written, edit } = drafts.get(conversation.id);
      if (edit) drafts.set(conversation.id, { text: written });
      drafts.reply(conversation.id, message.id);
      composer.current?.focus();
    },
    [drafts, conversation.id, composer],
  );

  const copy = useCallback(
    async (content: string, said: string = t('conversation.copied')) => {
      if (await copyText(content)) announcer.current?.say(said);
    },
    [announcer],
  );

  const copyLink = (message: MessageId) =>
    void copy(window.location.origin + conversationPath(conversation.id, message), t('jump.linkCopied'));

  const react = useCallback(
    (row: TimelineRow, emoji: string) => {
      if (canReact(row, summary)) void conversation.react(row.message.id, emoji);
    },
    [conversation, summary],
  );

  const onFailed = useCallback(
    (failed: FailedText, action: FailedAction) => {
      if (action === 'retry')
        void conversation.retry(failed.key).catch(() => announcer.current?.say(t('composer.failed')));
      else if (action === 'delete')
        void conversation.discard(failed.key).catch(() => announcer.current?.say(t('composer.failed')));
      else if (action === 'copy') void copy(plainText(failed.text));
      else beginEdit({ is: 'failed', key: failed.key }, failed.text);
    },
    [conversation, announcer, copy, beginEdit],
  );

  const pin = (message: MessageId, isPinned: boolean) =>
    void messenger.pins.set(conversation.id, message, isPinned).catch(() => announcer.current?.say(t('pins.failed')));

  const star = (message: MessageId, isStarred: boolean) => messenger.shared.star(conversation.id, message, isStarred);

  const erase = (rows: readonly TimelineRow[], whom: Deletion['whom']) =>
    messenger.deletions.begin({ conversation: conversation.id, ids: rows.map(({ message }) => message.id), whom });

  return { edit, reply, copy, copyLink, react, onFailed, pin, star, erase };
}
