/** The people of a group: oneself, then owners, admins and all others by name; one line is open at a time. */
import { UserPlus } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { otherOf } from '../presence.ts';
import { openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import { AddPeople } from './AddPeople.tsx';
import styles from './Details.module.css';
import { type MemberAction, MemberLine } from './MemberLine.tsx';
import { canManage, rightsOver } from './member-rights.ts';
import { useChange } from './use-change.ts';

type Member = ConversationSummary['members'][number];

const RANK = { owner: 0, admin: 1, member: 2 } as const;

export function MemberList({
  summary,
  isOffline,
  onClose,
}: {
  summary: ConversationSummary;
  isOffline: boolean;
  /** Of the dialog, when it leads elsewhere. */
  onClose: () => void;
}) {
  const { messenger } = useSession();
  const { account, groups } = messenger;
  const [open, setOpen] = useState<string>();
  const [isAdding, setAdding] = useState(false);
  const [said, setSaid] = useState('');
  const { doing, problem, change } = useChange();
  const members = useMemo(
    () =>
      summary.members.toSorted(
        (a, b) =>
          Number(b.id === account.id) - Number(a.id === account.id) ||
          RANK[a.role] - RANK[b.role] ||
          a.name.localeCompare(b.name),
      ),
    [summary.members, account.id],
  );

  const write = async ({ id }: Member): Promise<void> => {
    const isTheirs = (item: ConversationSummary) => otherOf(item, account.id) === id;
    let found = messenger.conversations.get().items.find(isTheirs)?.id;
    if (!found)
      await change(id, async () => {
        const answer = await messenger.createConversation({ memberIds: [id] });
        if (answer.ok) found = answer.value;
        return answer;
      });
    if (!found) return;
    onClose();
    openConversation(found);
  };

  const act = async (member: Member, action: MemberAction): Promise<void> => {
    setSaid('');
    if (action === 'write') await write(member);
    else if (action === 'remove') {
      if (await change(member.id, () => groups.remove(summary.id, member.id)))
        setSaid(t('details.removed', { name: member.name }));
    } else if (await change(member.id, () => groups.put(summary.id, member.id, action)))
      setSaid(t(`details.made.${action}`, { name: member.name }));
  };

  return (
    <section className={styles.section}>
      <div className={styles.heading}>
        <h3>{t('conversation.members', { count: members.length })}</h3>
        {canManage(summary, account.id) && (
          <Button look="quiet" disabled={isOffline} onClick={() => setAdding(true)}>
            <UserPlus aria-hidden="true" />
            {t('details.add')}
          </Button>
        )}
      </div>
      <ul>
        {members.map((member) => (
          <MemberLine
            key={member.id}
            member={member}
            rights={rightsOver(member, summary, account.id)}
            isOpen={open === member.id}
            isOffline={isOffline}
            doing={doing}
            onToggle={() => setOpen(open === member.id ? undefined : member.id)}
            onAction={(action) => act(member, action)}
          />
        ))}
      </ul>
      {problem && (
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
      )}
      <p role="status" className={styles.said}>
        {said}
      </p>
      <AddPeople summary={summary} isOpen={isAdding} onClose={() => setAdding(false)} onAdded={setSaid} />
    </section>
  );
}
