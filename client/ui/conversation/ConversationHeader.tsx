/** The head of a conversation: who it is with, and for groups the sheet of members. On a phone also the way back. */
import { ArrowLeft, EllipsisVertical } from 'lucide-react';
import { memo, useRef, useState } from 'react';
import type { UserId } from '../../../schema/ids.ts';
import type { ConversationSummary, JumpTarget } from '../../conversation/conversation.ts';
import { useToday } from '../dates.ts';
import { searchIn } from '../list/search-scope.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { IconButton } from '../parts/Button.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { isOpen, lazily } from '../parts/lazily.tsx';
import { PersonLine } from '../parts/PersonLine.tsx';
import { describePresence, otherOf, usePresence, useTyping, useWatch } from '../presence.ts';
import { closeConversation } from '../router.ts';
import { firstName, useSession } from '../session.ts';
import { ConnectionChip } from '../shell/ConnectionChip.tsx';
import { text } from '../text.ts';
import styles from './ConversationHeader.module.css';
import { DateDialog } from './DateDialog.tsx';
import { LeaveDialog } from './LeaveDialog.tsx';

const ConversationExportDialog = lazily(
  async () => (await import('../export/ConversationExportDialog.tsx')).ConversationExportDialog,
  isOpen,
);
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
  const [isShowingMembers, setShowingMembers] = useState(false);
  const { messenger } = useSession();
  const isGroup = summary.kind === 'group';
  const other = otherOf(summary, messenger.account.id);
  useWatch(other);
  const presence = usePresence(other);
  const typing = useTyping(summary);
  const today = useToday();
  const names = summary.members.map(({ id, name }) => (id === messenger.account.id ? text.you : firstName(name)));
  return (
    <header className={styles.header}>
      {isNarrow && (
        <IconButton label={text.back} onClick={closeConversation}>
          <ArrowLeft />
        </IconButton>
      )}
      <Avatar
        id={avatarId(summary, messenger.account.id)}
        name={summary.title}
        kind={isGroup ? 'group' : 'person'}
        size="medium"
        isOnline={presence?.online ?? false}
      />
      <div className={styles.words}>
        <h1 className={styles.title} dir="auto">
          {summary.title}
        </h1>
        {isGroup && (
          <button type="button" className={styles.members} onClick={() => setShowingMembers(true)}>
            {typing ? (
              <Typing words={typing} />
            ) : (
              <>
                <span>{text.conversation.members(names.length)}</span>
                <span className={styles.names}>{text.names(names)}</span>
              </>
            )}
          </button>
        )}
        {!isGroup && (typing || presence) && (
          <p className={styles.presence}>
            {typing ? <Typing words={typing} /> : presence && describePresence(presence, today)}
          </p>
        )}
      </div>
      <IconButton
        ref={menuButton}
        label={text.jump.menu}
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
      <Dialog
        isOpen={isShowingMembers}
        onClose={() => setShowingMembers(false)}
        title={text.conversation.membersTitle}
        size="tall"
      >
        <ul className={styles.sheet}>
          {summary.members.map((member) => (
            <PersonLine
              key={member.id}
              id={member.id}
              name={member.name}
              detail={text.conversation.memberDetail(member.role, member.id === messenger.account.id)}
            />
          ))}
        </ul>
      </Dialog>
    </header>
  );
});

/** Not announced: it would interrupt whoever listens all the time. */
const Typing = ({ words }: { words: string }) => <span className={styles.typing}>{words}</span>;

/** A direct conversation wears the colour of the other person, as that person's messages elsewhere do. */
export const avatarId = (summary: ConversationSummary, me: string): string =>
  otherOf(summary, me as UserId) ?? summary.id;
