/** The signed-in app: banners, and two panes on wide screens or one on narrow ones, chosen by the route. */
import { DoorOpen, MessagesSquare, SearchX } from 'lucide-react';
import { Activity, useDeferredValue, useEffect, useState } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import { formatBadge } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import type { AppUpdate } from '../app-update.ts';
import { useWhenIdle, whenIdle } from '../idle.ts';
import { useInvitation } from '../invitation/invitation.ts';
import { useLaunch } from '../launch.ts';
import { ConversationList } from '../list/ConversationList.tsx';
import { useNarrow } from '../media.ts';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { lazily } from '../parts/lazily.tsx';
import { Notice } from '../parts/Notice.tsx';
import { Tide } from '../parts/Tide.tsx';
import { closeConversation, useRoute } from '../router.ts';
import { useSession } from '../session.ts';
import { ShortcutsSheet } from '../shortcuts/ShortcutsSheet.tsx';
import { Banners } from './Banners.tsx';
import { Panes } from './Panes.tsx';
import styles from './Shell.module.css';

const UndoNote = lazily(async () => (await import('../conversation/UndoNote.tsx')).UndoNote);
const InvitationDialog = lazily(async () => (await import('../invitation/InvitationDialog.tsx')).InvitationDialog);
const ShareDialog = lazily(async () => (await import('../share/ShareDialog.tsx')).ShareDialog);

export function Shell({ update }: { update: AppUpdate }) {
  const { messenger } = useSession();
  const { state, items } = useObserved(messenger.conversations);
  const route = useRoute();
  const open = route?.conversation;
  const invitation = useInvitation();
  const launch = useLaunch();
  const isNarrow = useNarrow();
  const summary = items.find((item) => item.id === open);
  const unread = items.reduce((sum, item) => sum + item.unread, 0);

  const [seen, setSeen] = useState<ConversationId>();
  if (summary && seen !== summary.id) setSeen(summary.id);
  const isFormer = seen === open;

  const pageTitle = [summary?.title, t('app')].filter(Boolean).join(' · ');
  // What the browser is told can wait until what was pressed is on screen.
  useEffect(
    () =>
      whenIdle(() => {
        document.title = unread > 0 ? `(${formatBadge(unread)}) ${pageTitle}` : pageTitle;
      }),
    [unread, pageTitle],
  );

  useEffect(
    () =>
      whenIdle(() => {
        // Only where the app is installed; elsewhere there is no icon to put it on.
        navigator.setAppBadge?.(unread).catch(() => undefined);
      }),
    [unread],
  );

  const isListOnly = isNarrow && !open;
  const isConversationOnly = isNarrow && open !== undefined;
  // All lines of a hidden list let go of what they watch: that can wait until what was opened is on screen.
  const isListAsleep = useWhenIdle(isConversationOnly) && isConversationOnly;
  // On a phone the list is not there while something is open.
  const marked = useDeferredValue(isNarrow ? undefined : open);
  return (
    <div className={styles.shell}>
      <Banners update={update} />
      {invitation !== undefined && <InvitationDialog key={invitation} token={invitation} />}
      <ShortcutsSheet />
      {launch?.is === 'share' && <ShareDialog key={launch.key} share={launch.key} />}
      <div className={styles.panes}>
        {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles are named; another element would lose the list's state */}
        <div
          role={isListOnly ? 'main' : 'navigation'}
          aria-label={t('list.label')}
          className={styles.list}
          // Hidden and not removed, so that its scroll position is there on the way back.
          hidden={isConversationOnly}
        >
          {/* Its lines are made once the conversation that hides them is there. */}
          <Activity mode={isListAsleep ? 'hidden' : 'visible'}>
            <ConversationList open={marked} />
          </Activity>
        </div>
        <div className={styles.conversation} data-away={isListOnly || undefined}>
          <Panes {...{ route, items, isNarrow }} />
          {!isListOnly && !summary && (
            <main className={styles.pane} data-shown>
              {open && state === 'ready' ? (
                <Notice
                  icon={isFormer ? <DoorOpen /> : <SearchX />}
                  title={t(isFormer ? 'conversation.formerTitle' : 'conversation.unknownTitle')}
                  hint={t(isFormer ? 'conversation.formerHint' : 'conversation.unknownHint')}
                >
                  <Button onClick={closeConversation}>{t('back')}</Button>
                </Notice>
              ) : (
                !open && (
                  <>
                    <Tide />
                    {items.length > 0 && (
                      <Notice
                        icon={<MessagesSquare />}
                        title={t('conversation.none')}
                        hint={t('conversation.noneHint')}
                      />
                    )}
                  </>
                )
              )}
            </main>
          )}
        </div>
      </div>
      {/* The pane of a conversation has its own place for it. */}
      {(isListOnly || !summary) && <UndoNote />}
    </div>
  );
}
