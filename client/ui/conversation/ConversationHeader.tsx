/** The head of a conversation: who it is with, and the way to its details. On a phone also the way back. */
import { ArrowLeft, EllipsisVertical } from 'lucide-react';
import { memo, useRef, useState } from 'react';
import type { ConversationSummary, JumpTarget } from '../../conversation/conversation.ts';
import { formatNames } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import { useToday } from '../dates.ts';
import { searchIn } from '../list/search-scope.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { IconButton } from '../parts/Button.tsx';
import { isOpen, lazily } from '../parts/lazily.tsx';
import { describePresence, otherOf, usePresence, useTyping } from '../presence.ts';
import { closeConversation } from '../router.ts';
import { firstName, useSession } from '../session.ts';
import { ConnectionChip } from '../shell/ConnectionChip.tsx';
import { avatarId } from './avatar-id.ts';
import styles from './ConversationHeader.module.css';
import { DateDialog } from './DateDialog.tsx';
import { LeaveDialog } from './LeaveDialog.tsx';

const ConversationExportDialog = lazily(
  async () => (await import('../export/ConversationExportDialog.tsx')).ConversationExportDialog,
  isOpen,
);
const DetailsDialog = lazily(async () => (await import('../details/DetailsDialog.tsx')).DetailsDialog, isOpen);
const ConversationMenu = lazily(async () => (await import('./ConversationMenu.tsx')).ConversationMenu, isOpen);

export const ConversationHeader = memo(function ConversationHeader({
  summary,
  isNarrow,
  onJump,
}: {
  summary: ConversationSummary;
  isNarrow: boolean;
  onJump: (target: JumpTarget) => void;
}) {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [isChoosingDate, setChoosingDate] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const [isExporting, setExporting] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  const titleButton = useRef<HTMLButtonElement>(null);
  const [isShowingDetails, setShowingDetails] = useState(false);
  // What is asked from the details takes their place.
  const insteadOfDetails = (open: (isOpen: true) => void) => () => {
    setShowingDetails(false);
    open(true);
  };
  const { messenger } = useSession();
  const isGroup = summary.kind === 'group';
  const other = otherOf(summary, messenger.account.id);
  const presence = usePresence(other);
  const typing = useTyping(summary);
  const today = useToday();
  const me = messenger.account.id;
  const others = summary.members.filter(({ id }) => id !== me).map(({ name }) => firstName(name));
  const names = others.length < summary.members.length ? [t('you'), ...others] : others;
  return (
    <header className={styles.header}>
      {isNarrow && (
        <IconButton label={t('back')} onClick={closeConversation}>
          <ArrowLeft />
        </IconButton>
      )}
      <div className={styles.about}>
        <Avatar
          id={avatarId(summary, messenger.account.id)}
          name={summary.title}
          picture={summary.picture}
          kind={isGroup ? 'group' : 'person'}
          size="medium"
          isOnline={presence?.online ?? false}
        />
        <div className={styles.words}>
          <h1 className={styles.title} dir="auto">
            <button
              ref={titleButton}
              type="button"
              className={styles.open}
              aria-haspopup="dialog"
              onClick={() => setShowingDetails(true)}
            >
              {summary.title}
            </button>
          </h1>
          {isGroup && (
            <p className={styles.members}>
              {typing ? (
                <Typing words={typing} />
              ) : (
                <>
                  <span>{t('conversation.members', { count: names.length })}</span>
                  <span className={styles.names}>{formatNames(names)}</span>
                </>
              )}
            </p>
          )}
          {!isGroup && (typing || presence) && (
            <p className={styles.presence}>
              {typing ? <Typing words={typing} /> : presence && describePresence(presence, today)}
            </p>
          )}
        </div>
      </div>
      <IconButton
        ref={menuButton}
        label={t('jump.menu')}
        aria-haspopup="menu"
        aria-expanded={isMenuOpen}
        onClick={() => setMenuOpen(true)}
      >
        <EllipsisVertical />
      </IconButton>
      <ConversationMenu
        summary={summary}
        anchor={menuButton}
        isOpen={isMenuOpen}
        onClose={() => setMenuOpen(false)}
        onDetails={() => setShowingDetails(true)}
        onSearch={() => {
          if (isNarrow) closeConversation();
          searchIn(summary.id);
        }}
        onDate={() => setChoosingDate(true)}
        onFirstUnread={() => onJump('first-unread')}
        onExport={() => setExporting(true)}
        onLeave={isGroup ? () => setLeaving(true) : undefined}
      />
      <LeaveDialog summary={summary} isOpen={isLeaving} onClose={() => setLeaving(false)} opener={menuButton} />
      <ConversationExportDialog
        summary={summary}
        isOpen={isExporting}
        onClose={() => setExporting(false)}
        opener={menuButton}
      />
      <DateDialog
        isOpen={isChoosingDate}
        onClose={() => setChoosingDate(false)}
        onChoose={(date) => onJump({ date })}
      />
      {isNarrow && <ConnectionChip place="below-header" />}
      <DetailsDialog
        summary={summary}
        isOpen={isShowingDetails}
        onClose={() => setShowingDetails(false)}
        onExport={insteadOfDetails(setExporting)}
        onLeave={insteadOfDetails(setLeaving)}
        opener={titleButton}
      />
    </header>
  );
});

/** Not announced: it would interrupt whoever listens all the time. */
const Typing = ({ words }: { words: string }) => <span className={styles.typing}>{words}</span>;
