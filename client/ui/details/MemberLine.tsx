/** One member: name, role and presence; pressed, it opens and offers what one may do, asking in its own place before it is done. */
import { ChevronDown } from 'lucide-react';
import { useRef } from 'react';
import type { Role } from '../../../schema/http/conversations.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useToday } from '../dates.ts';
import { AskOnce } from '../parts/AskOnce.tsx';
import { Avatar } from '../parts/Avatar.tsx';
import { Button } from '../parts/Button.tsx';
import { useFocusKept } from '../parts/use-focus-kept.ts';
import { describePresence, usePresence, useWatchInView } from '../presence.ts';
import { useSession } from '../session.ts';
import styles from './Details.module.css';
import type { MemberRights } from './member-rights.ts';

export type MemberAction = Role | 'remove' | 'write';

export function MemberLine({
  member,
  rights,
  isOpen,
  isOffline,
  doing,
  onToggle,
  onAction,
}: {
  member: ConversationSummary['members'][number];
  rights: MemberRights;
  isOpen: boolean;
  /** Only what needs no server can be done. */
  isOffline: boolean;
  /** What is being done, to whomever. */
  doing: string | undefined;
  onToggle: () => void;
  onAction: (action: MemberAction) => Promise<unknown>;
}) {
  const line = useRef<HTMLLIElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);
  // The button of a role goes when it is given.
  useFocusKept(toggle, member.role);
  const isMe = useSession().messenger.account.id === member.id;
  const isGone = member.isDeleted || member.isDeactivated;
  useWatchInView(line, isMe || isGone ? undefined : member.id);
  const presence = usePresence(member.id);
  const today = useToday();
  const details = [
    isMe && t('you'),
    member.role !== 'member' && t(`details.roles.${member.role}`),
    member.isDeactivated && t('details.deactivated'),
    !isMe && presence && describePresence(presence, today),
  ].filter(Boolean);
  const words = (
    <>
      <Avatar
        id={member.id}
        name={member.name}
        picture={member.picture}
        size="small"
        isOnline={(!isMe && presence?.online) || false}
      />
      <span className={styles.who}>
        <bdi className={styles.name}>{member.name}</bdi>
        {details.length > 0 && <span className={styles.detail}>{details.join(' · ')}</span>}
        {member.status !== undefined && <bdi className={styles.detail}>{member.status}</bdi>}
      </span>
    </>
  );
  const canWrite = !isMe && !isGone;
  const hasActions = canWrite || rights.canRemove || rights.roles.length > 0;
  if (!hasActions)
    return (
      <li ref={line} className={styles.member}>
        <span className={styles.person}>{words}</span>
      </li>
    );
  const isBusy = doing !== undefined || isOffline;
  const give = (role: Role) => {
    const isAsked = role === 'owner' || isMe;
    const label = t(`details.make.${role}`);
    if (!isAsked)
      return (
        <Button key={role} disabled={isBusy} onClick={() => void onAction(role)}>
          {label}
        </Button>
      );
    return (
      <AskOnce
        key={role}
        label={label}
        question={isMe ? t('details.sureStepDown') : t('details.sureOwner', { name: member.name })}
        confirm={label}
        busy={t('details.saving')}
        isBusy={isBusy}
        onConfirm={() => onAction(role)}
      />
    );
  };
  return (
    <li ref={line} className={styles.member}>
      <button ref={toggle} type="button" className={styles.person} aria-expanded={isOpen} onClick={onToggle}>
        {words}
        <ChevronDown aria-hidden="true" />
      </button>
      {isOpen && (
        <div className={styles.actions}>
          {canWrite && (
            <Button disabled={doing !== undefined} onClick={() => void onAction('write')}>
              {t('details.write')}
            </Button>
          )}
          {rights.roles.map(give)}
          {rights.canRemove && (
            <AskOnce
              label={t('details.remove')}
              description={t('details.removeOf', { name: member.name })}
              question={t('details.sureRemove', { name: member.name })}
              confirm={t('details.remove')}
              busy={t('details.removing')}
              isBusy={isBusy}
              onConfirm={() => onAction('remove')}
            />
          )}
        </div>
      )}
    </li>
  );
}
