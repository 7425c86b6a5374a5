/**
 * The details of a conversation: of a group what it is called and what it is for, how one keeps it, its members and links into it; of a
 * direct one the person and the groups that both are in. Everything shows without a network; what only the server can
 * change waits for one, and says so.
 */
import { Download, LogOut } from 'lucide-react';
import type { RefObject } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { avatarId } from '../conversation/avatar-id.ts';
import { useToday } from '../dates.ts';
import { keepChoices } from '../list/keep-choices.ts';
import { useObserved } from '../observed.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { Button } from '../parts/Button.tsx';
import { ModalDialog } from '../parts/ModalDialog.tsx';
import { describePresence, otherOf, usePresence } from '../presence.ts';
import { PictureChoice } from '../profile/PictureChoice.tsx';
import { openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import styles from './Details.module.css';
import { GroupWords } from './GroupWords.tsx';
import { Links } from './Links.tsx';
import { MemberList } from './MemberList.tsx';
import { canManage } from './member-rights.ts';
import { useChange } from './use-change.ts';

interface DetailsProps {
  readonly summary: ConversationSummary;
  readonly onClose: () => void;
  readonly onExport: () => void;
  readonly onLeave: () => void;
}

export function DetailsDialog({
  isOpen,
  opener,
  ...props
}: DetailsProps & {
  isOpen: boolean;
  /** Where the focus returns to. */
  opener: RefObject<HTMLElement | null>;
}) {
  const isGroup = props.summary.kind === 'group';
  return (
    <ModalDialog
      isOpen={isOpen}
      onClose={props.onClose}
      title={isGroup ? t('details.ofGroup') : t('details.ofPerson')}
      size="tall"
      finalFocus={opener}
    >
      <Details {...props} />
    </ModalDialog>
  );
}

function Details({ summary, onClose, onExport, onLeave }: DetailsProps) {
  const { messenger } = useSession();
  const me = messenger.account.id;
  const isOffline = useObserved(messenger.connection).is === 'offline';
  const isGroup = summary.kind === 'group';
  const canEdit = canManage(summary, me);
  const { doing, problem, change } = useChange();
  const keeping = keepChoices(summary, messenger.shared)
    .filter(({ key }) => key !== 'unread')
    .map(({ key, label, Icon, choose }) => (
      <Tile key={key} icon={<Icon aria-hidden="true" />} label={label} onClick={choose} />
    ));
  return (
    <div className={styles.body}>
      <div className={styles.head}>
        {canEdit ? (
          <PictureChoice
            id={summary.id}
            name={summary.title}
            picture={summary.picture}
            kind="group"
            isDisabled={isOffline}
            isSaving={doing !== undefined}
            problem={problem}
            onChange={(picture) => void change('picture', () => messenger.groups.setPicture(summary.id, picture))}
          />
        ) : (
          <Avatar
            id={avatarId(summary, me)}
            name={summary.title}
            picture={summary.picture}
            kind={isGroup ? 'group' : 'person'}
            size="huge"
          />
        )}
        {isGroup ? (
          <GroupWords summary={summary} canEdit={canEdit} isOffline={isOffline} />
        ) : (
          <PersonWords summary={summary} />
        )}
      </div>
      <div className={styles.tiles}>
        <div className={styles.pair}>{keeping.slice(0, 2)}</div>
        <div className={styles.pair}>
          {keeping.slice(2)}
          <Tile icon={<Download aria-hidden="true" />} label={t('export.menu')} onClick={onExport} />
        </div>
      </div>
      {isGroup && isOffline && (
        <p role="status" className={styles.offline}>
          {canEdit ? t('details.offline') : t('details.offlineMember')}
        </p>
      )}
      {isGroup ? (
        <MemberList summary={summary} isOffline={isOffline} onClose={onClose} />
      ) : (
        <CommonGroups summary={summary} onClose={onClose} />
      )}
      {canEdit && <Links summary={summary} />}
      {isGroup && (
        <Button className={styles.leave} disabled={isOffline} onClick={onLeave}>
          <LogOut aria-hidden="true" />
          {t('leave.menu')}
        </Button>
      )}
    </div>
  );
}

const Tile = ({ icon, label, onClick }: { icon: React.ReactNode; label: string; onClick: () => void }) => (
  <button type="button" className={styles.tile} onClick={onClick}>
    {icon}
    {label}
  </button>
);

function PersonWords({ summary }: { summary: ConversationSummary }) {
  const other = otherOf(summary, useSession().messenger.account.id);
  const presence = usePresence(other);
  const status = summary.members.find(({ id }) => id === other)?.status;
  const today = useToday();
  return (
    <div className={styles.words}>
      <h3 className={styles.title} dir="auto">
        {summary.title}
      </h3>
      {presence && <p className={styles.note}>{describePresence(presence, today)}</p>}
      {status !== undefined && (
        <p className={styles.description} dir="auto">
          {status}
        </p>
      )}
    </div>
  );
}

function CommonGroups({ summary, onClose }: { summary: ConversationSummary; onClose: () => void }) {
  const { messenger } = useSession();
  const { items } = useObserved(messenger.conversations);
  const other = otherOf(summary, messenger.account.id);
  const common = items.filter(({ kind, members }) => kind === 'group' && members.some(({ id }) => id === other));
  if (common.length === 0) return null;
  return (
    <section className={styles.section}>
      <div className={styles.heading}>
        <h3>{t('details.common')}</h3>
      </div>
      <ul>
        {common.map((group) => (
          <li key={group.id} className={styles.member}>
            <button
              type="button"
              className={styles.person}
              onClick={() => {
                onClose();
                openConversation(group.id);
              }}
            >
              <Avatar id={group.id} name={group.title} picture={group.picture} kind="group" size="small" />
              <span className={styles.who}>
                <bdi className={styles.name}>{group.title}</bdi>
                <span className={styles.detail}>{t('conversation.members', { count: group.members.length })}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
