/**
 * The pane of one conversation: header, timeline, composer, and the dialogs of its messages. It opens the conversation
 * while it is shown and closes it afterwards, but stays as it was; mount it anew (by key) for another conversation.
 */
import { memo, type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { isDeleted, type LiveMessage } from '../../../schema/document/message.ts';
import { plainText } from '../../../schema/document/plain-text.ts';
import type { MessageId } from '../../../schema/ids.ts';
import type {
  Conversation,
  ConversationSummary,
  FailedText,
  TimelineRow,
  Timeline as Values,
} from '../../conversation/conversation.ts';
import type { Deletion } from '../../conversation/deletions.ts';
import { t } from '../../language/translate.ts';
import { copyText } from '../clipboard.ts';
import { Composer, type ComposerHandle } from '../composer/Composer.tsx';
import { toTypedMentions } from '../composer/mention-text.ts';
import type { EditTarget } from '../drafts.ts';
import { EmojiPicker } from '../emoji/EmojiPicker.tsx';
import { PictureGallery } from '../files/PictureGallery.tsx';
import { useIncomingFiles } from '../files/use-incoming-files.ts';
import { useAddToTray } from '../files/use-tray.ts';
import { isTouchOnly } from '../media.ts';
import { useObserved } from '../observed.ts';
import { lazily } from '../parts/lazily.tsx';
import { PinBar } from '../pins/PinBar.tsx';
import { otherOf, useWatch } from '../presence.ts';
import { conversationPath, type Route } from '../router.ts';
import { useSession } from '../session.ts';
import type { FailedAction } from '../timeline/FailedRow.tsx';
import { allowedActions, canReact, type MenuAnchor, type MessageAction } from '../timeline/message-actions.ts';
import { Timeline, type TimelineHandle } from '../timeline/Timeline.tsx';
import { Announcer, type AnnouncerHandle } from './Announcer.tsx';
import { ConversationHeader } from './ConversationHeader.tsx';
import styles from './ConversationPane.module.css';
import { DeleteDialog } from './DeleteDialog.tsx';
import { JumpNote } from './JumpNote.tsx';
import { MessageInfo } from './MessageInfo.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { TimelineState } from './TimelineState.tsx';
import { UndoNote } from './UndoNote.tsx';
import { type Jumping, useJump } from './use-jump.ts';
import { useLooking } from './use-looking.ts';
import { useSelection } from './use-selection.ts';
import { useUnmark } from './use-unmark.ts';

const MessageMenu = lazily(
  async () => (await import('../timeline/MessageMenu.tsx')).MessageMenu,
  ({ target }) => target !== undefined,
);

const ForwardDialog = lazily(
  async () => (await import('../forward/ForwardDialog.tsx')).ForwardDialog,
  ({ texts }) => texts !== undefined,
);

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

const OpenConversation = memo(function OpenConversation({
  conversation,
  visit,
  isAwake,
  summary,
  isNarrow,
  jumping,
}: {
  conversation: Conversation;
  visit: number;
  /** False while the pane is hidden: then it stays as it is. */
  isAwake: RefObject<boolean>;
  summary: ConversationSummary;
  isNarrow: boolean;
  jumping: Jumping;
}) {
  const { messenger, drafts } = useSession();
  const values = useObserved(conversation.timeline, isAwake);
  const timeline = useRef<TimelineHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const announcer = useRef<AnnouncerHandle>(null);
  const [menu, setMenu] = useState<{ row: TimelineRow; anchor: MenuAnchor; actions: readonly MessageAction[] }>();
  const [picking, setPicking] = useState<{ row: TimelineRow; anchor: MenuAnchor }>();
  const [deleting, setDeleting] = useState<readonly TimelineRow[]>();
  const [forwarded, setForwarded] = useState<readonly TimelineRow[]>();
  const selection = useSelection(values.rows);
  const isSelecting = selection.ids !== undefined;
  const [inspected, setInspected] = useState<TimelineRow>();
  const me = messenger.account.id;
  const { members } = summary;
  const addFiles = useAddToTray(conversation.id);
  useIncomingFiles(isAwake, summary.isOver ? undefined : addFiles);

  // On a phone the keyboard stays away until it is asked for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: again with each visit
  useEffect(() => {
    if (!isNarrow && !isTouchOnly() && !isSelecting) composer.current?.focus();
  }, [isNarrow, isSelecting, visit]);

  const beginEdit = useCallback(
    (target: EditTarget, content: string) => {
      const typed = toTypedMentions(content, members);
      drafts.set(conversation.id, { text: drafts.get(conversation.id).text, edit: { target, text: typed } });
    },
    [drafts, conversation.id, members],
  );

  const reply = useCallback(
    ({ message }: TimelineRow) => {
      const { text: written, edit } = drafts.get(conversation.id);
      if (edit) drafts.set(conversation.id, { text: written });
      drafts.reply(conversation.id, message.id);
      composer.current?.focus();
    },
    [drafts, conversation.id],
  );

  const copy = useCallback(async (content: string, said: string = t('conversation.copied')) => {
    if (await copyText(content)) announcer.current?.say(said);
  }, []);

  const onMenu = useCallback(
    (row: TimelineRow, anchor: MenuAnchor) => {
      const isStarred = messenger.shared.values.get().stars.get(summary.id)?.has(row.message.id) ?? false;
      const actions = allowedActions(row, summary, me, isStarred);
      if (actions.length > 0) setMenu({ row, anchor, actions });
    },
    [messenger, summary, me],
  );

  const onOffer = useCallback((row: TimelineRow, anchor: MenuAnchor) => setMenu({ row, anchor, actions: [] }), []);
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
    [conversation, copy, beginEdit],
  );

  const pin = ({ message }: TimelineRow, isPinned: boolean) =>
    void messenger.pins
      .set(conversation.id, message.id, isPinned)
      .catch(() => announcer.current?.say(t('pins.failed')));

  const erase = (rows: readonly TimelineRow[], whom: Deletion['whom']) =>
    messenger.deletions.begin({ conversation: conversation.id, ids: rows.map(({ message }) => message.id), whom });

  const onAction = (action: MessageAction) => {
    if (!menu) return;
    const { row } = menu;
    if (action === 'delete') erase([row], 'everyone');
    else if (action === 'deleteForMe') erase([row], 'me');
    else if (action === 'select') selection.toggle(row);
    else if (action === 'forward') setForwarded([row]);
    else if (action === 'info') setInspected(row);
    else if (action === 'reply') reply(row);
    else if (action === 'pin' || action === 'unpin') pin(row, action === 'pin');
    else if (action === 'star' || action === 'unstar')
      messenger.shared.star(conversation.id, row.message.id, action === 'star');
    else if (action === 'link') {
      const path = conversationPath(conversation.id, row.message.id);
      void copy(window.location.origin + path, t('jump.linkCopied'));
    } else if (isDeleted(row.message)) return;
    else if (action === 'copy') void copy(plainText(row.message.text));
    else beginEdit(editTarget(row.message), row.message.text);
  };

  const presentRows = useRef(values.rows);
  presentRows.current = values.rows;
  const editLast = useCallback(() => {
    const last = presentRows.current.findLast((row) => row.own && !isDeleted(row.message));
    if (last && !isDeleted(last.message)) beginEdit(editTarget(last.message), last.message.text);
  }, [beginEdit]);
  const scrollToEnd = useCallback(() => timeline.current?.scrollToEnd(), []);
  const mayAll = (rows: readonly TimelineRow[], action: MessageAction) =>
    rows.every((row) => allowedActions(row, summary, me).includes(action));
  const stopForwarding = useCallback(() => setForwarded(undefined), []);
  const { end: endSelection } = selection;
  const onForwarded = useCallback(
    (chats: number) => {
      setForwarded(undefined);
      endSelection();
      announcer.current?.say(t('forward.done', { count: chats }));
    },
    [endSelection],
  );
  const leaveUndoNote = useCallback((row: MessageId | undefined) => {
    if (row) timeline.current?.focusRow(row);
    else if (!isTouchOnly()) composer.current?.focus();
  }, []);
  /** The row that had the focus may be hidden by now. */
  const leaveHidden = (): HTMLElement | null => {
    timeline.current?.focus();
    return document.activeElement instanceof HTMLElement ? document.activeElement : null;
  };
  const stopDeleting = useCallback(() => setDeleting(undefined), []);
  const stopInspecting = useCallback(() => setInspected(undefined), []);

  return (
    <>
      {summary.pins && (
        <PinBar pins={summary.pins} rows={values.rows} onJump={jumping.jump} {...{ conversation, summary }} />
      )}
      {isEmpty(values) ? (
        <TimelineState values={values} summary={summary} />
      ) : (
        <Timeline
          ref={timeline}
          conversation={conversation}
          visit={visit}
          values={values}
          summary={summary}
          isNarrow={isNarrow}
          jumping={jumping}
          menuRow={menu?.row.message.id}
          onMenu={onMenu}
          onReact={react}
          onOffer={onOffer}
          onReply={reply}
          onFailed={onFailed}
          selected={selection.ids}
          onSelect={selection.toggle}
          onLeave={selection.ids ? selection.end : () => composer.current?.focus()}
        />
      )}
      <JumpNote jumping={jumping} />
      <UndoNote isAwake={isAwake} onEnd={leaveUndoNote} />
      {selection.rows ? (
        <SelectionBar
          count={selection.rows.length}
          hasWords={textsOf(selection.rows).length > 0}
          onCopy={() => void copy(textsOf(selection.rows).map(plainText).join('\n'))}
          onForward={() => setForwarded(selection.rows)}
          onDelete={() => setDeleting(selection.rows)}
          onEnd={selection.end}
        />
      ) : summary.isOver ? (
        <p className={styles.over}>{t('composer.nobody')}</p>
      ) : (
        <Composer
          ref={composer}
          conversation={conversation}
          summary={summary}
          onSent={scrollToEnd}
          onEditLast={editLast}
        />
      )}
      <Announcer
        ref={announcer}
        visit={visit}
        rows={values.newer === 'none' ? values.rows : NO_ROWS}
        summary={summary}
      />
      <MessageMenu
        target={menu?.anchor}
        actions={menu?.actions ?? []}
        reactions={
          menu && canReact(menu.row, summary)
            ? {
                given: (menu.row.reactions ?? []).flatMap(({ emoji, users }) => (users.includes(me) ? [emoji] : [])),
                onReact: (emoji) => react(menu.row, emoji),
                onMore: () => setPicking(menu),
              }
            : undefined
        }
        onAction={onAction}
        onClose={() => setMenu(undefined)}
        returnFocus={() => findRow(menu?.row) ?? leaveHidden()}
      />
      <EmojiPicker
        anchor={picking?.anchor}
        onPick={(emoji) => {
          if (picking) react(picking.row, emoji);
          setPicking(undefined);
        }}
        onClose={() => setPicking(undefined)}
        returnFocus={() => findRow(picking?.row)}
      />
      <DeleteDialog
        count={deleting?.length}
        onClose={stopDeleting}
        mayForMe={mayAll(deleting ?? [], 'deleteForMe')}
        mayForEveryone={mayAll(deleting ?? [], 'delete')}
        onConfirm={(whom) => {
          erase(deleting ?? [], whom);
          stopDeleting();
          selection.end();
        }}
      />
      <ForwardDialog
        texts={forwarded && textsOf(forwarded)}
        leavesFiles={forwarded?.some(({ message }) => 'files' in message) ?? false}
        onClose={stopForwarding}
        onForwarded={onForwarded}
      />
      <PictureGallery conversation={conversation} summary={summary} onLost={(message) => jumping.jump({ message })} />
      <MessageInfo conversation={conversation} row={inspected} summary={summary} onClose={stopInspecting} />
    </>
  );
});

const findRow = (row: TimelineRow | undefined): HTMLElement | null =>
  row ? document.querySelector<HTMLElement>(`[data-key="${row.message.id}"]`) : null;

const editTarget = ({ id, files }: LiveMessage): EditTarget => ({
  ...{ is: 'message', id },
  ...(files && { hasFiles: true }),
});

/** What a reader pages to is no news. */
const NO_ROWS: readonly TimelineRow[] = [];

const textsOf = (rows: readonly TimelineRow[] = []): readonly string[] =>
  rows.flatMap(({ message }) => (isDeleted(message) || message.text === '' ? [] : [message.text]));

const isEmpty = (values: Values): boolean =>
  values.rows.length === 0 && values.failed.length === 0 && !values.unsent?.length;
