/** A conversation that is open: pins, timeline, composer, and the menus and dialogs of its messages. */
import { memo, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { isDeleted } from '../../../schema/document/message.ts';
import { plainText } from '../../../schema/document/plain-text.ts';
import type { MessageId } from '../../../schema/ids.ts';
import type {
  Conversation,
  ConversationSummary,
  TimelineRow,
  Timeline as Values,
} from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { afterPaint } from '../after-paint.ts';
import { Composer, type ComposerHandle } from '../composer/Composer.tsx';
import { EmojiPicker } from '../emoji/EmojiPicker.tsx';
import { PictureGallery } from '../files/PictureGallery.tsx';
import { useIncomingFiles } from '../files/use-incoming-files.ts';
import { useAddToTray } from '../files/use-tray.ts';
import { isTouchOnly } from '../media.ts';
import { useObserved } from '../observed.ts';
import { lazily } from '../parts/lazily.tsx';
import { PinBar } from '../pins/PinBar.tsx';
import { RefusedPins } from '../pins/RefusedPins.tsx';
import { useSession } from '../session.ts';
import { allowedActions, canReact, type MenuAnchor, type MessageAction } from '../timeline/message-actions.ts';
import { Timeline, type TimelineHandle } from '../timeline/Timeline.tsx';
import { Announcer, type AnnouncerHandle } from './Announcer.tsx';
import styles from './ConversationPane.module.css';
import { DeleteDialog } from './DeleteDialog.tsx';
import { JumpNote } from './JumpNote.tsx';
import { MessageInfo } from './MessageInfo.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { TimelineState } from './TimelineState.tsx';
import { UndoNote } from './UndoNote.tsx';
import type { Jumping } from './use-jump.ts';
import { useMessageActions } from './use-message-actions.ts';
import { useSelection } from './use-selection.ts';

const MessageMenu = lazily(
  async () => (await import('../timeline/MessageMenu.tsx')).MessageMenu,
  ({ target }) => target !== undefined,
);

const ForwardDialog = lazily(
  async () => (await import('../forward/ForwardDialog.tsx')).ForwardDialog,
  ({ texts }) => texts !== undefined,
);

export const OpenConversation = memo(function OpenConversation({
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
  const { messenger } = useSession();
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
  const actions = useMessageActions({ conversation, summary, composer, announcer });
  const { edit, copy, react, reply } = actions;
  const addFiles = useAddToTray(conversation.id);
  useIncomingFiles(isAwake, summary.isOver ? undefined : addFiles);

  // On a phone the keyboard stays away until it is asked for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: again with each visit
  useEffect(() => {
    if (!isNarrow && !isTouchOnly() && !isSelecting) composer.current?.focus();
  }, [isNarrow, isSelecting, visit]);

  const onMenu = useCallback(
    (row: TimelineRow, anchor: MenuAnchor) => {
      const isStarred = messenger.shared.values.get().stars.get(summary.id)?.has(row.message.id) ?? false;
      const allowed = allowedActions(row, summary, me, isStarred);
      if (allowed.length > 0) setMenu({ row, anchor, actions: allowed });
    },
    [messenger, summary, me],
  );

  const onOffer = useCallback((row: TimelineRow, anchor: MenuAnchor) => setMenu({ row, anchor, actions: [] }), []);
  const onAction = (action: MessageAction) => {
    if (!menu) return;
    const { row } = menu;
    const { message } = row;
    if (action === 'delete') actions.erase([row], 'everyone');
    else if (action === 'deleteForMe') actions.erase([row], 'me');
    else if (action === 'select') selection.toggle(row);
    else if (action === 'forward') setForwarded([row]);
    else if (action === 'info') setInspected(row);
    else if (action === 'reply') {
      reply(row);
      // The menu keeps the focus inside until it closes.
      afterPaint(() => composer.current?.focus());
    } else if (action === 'pin' || action === 'unpin') actions.pin(message.id, action === 'pin');
    else if (action === 'star' || action === 'unstar') actions.star(message.id, action === 'star');
    else if (action === 'link') actions.copyLink(message.id);
    else if (isDeleted(message)) return;
    else if (action === 'copy') void copy(plainText(message.text));
    else edit(message);
  };

  const presentRows = useRef(values.rows);
  presentRows.current = values.rows;
  const editLast = useCallback(() => {
    const last = presentRows.current.findLast((row) => row.own && !isDeleted(row.message));
    if (last && !isDeleted(last.message)) edit(last.message);
  }, [edit]);
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
      <RefusedPins conversation={summary.id} onJump={jumping.jump} />
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
          onFailed={actions.onFailed}
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
          actions.erase(deleting ?? [], whom);
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

/** What a reader pages to is no news. */
const NO_ROWS: readonly TimelineRow[] = [];

const textsOf = (rows: readonly TimelineRow[] = []): readonly string[] =>
  rows.flatMap(({ message }) => (isDeleted(message) || message.text === '' ? [] : [message.text]));

const isEmpty = (values: Values): boolean =>
  values.rows.length === 0 && values.failed.length === 0 && !values.unsent?.length;
