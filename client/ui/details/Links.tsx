/** Links into a group: owners and admins make, copy and withdraw them. */
import { Link } from 'lucide-react';
import { type FormEvent, useMemo, useRef, useState } from 'react';
import type { Invite } from '../../../schema/http/invites.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { copyText } from '../clipboard.ts';
import { clockTime, plainDay, useToday } from '../dates.ts';
import { invitationAddress } from '../invitation/invitation.ts';
import { AskedList } from '../parts/AskedList.tsx';
import { AskOnce } from '../parts/AskOnce.tsx';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { Pills } from '../parts/Pills.tsx';
import { useFocusKept } from '../parts/use-focus-kept.ts';
import { nameOf, useSession } from '../session.ts';
import { useAskedList } from '../use-asked-list.ts';
import styles from './Details.module.css';

const DAY_SECONDS = 86_400;

/** In the order in which they are offered. */
const LIFETIMES = ['1', '7', '30'] as const;
const USES = ['0', '1', '10'] as const;

export function Links({ summary }: { summary: ConversationSummary }) {
  const { groups } = useSession().messenger;
  const source = useMemo(() => ({ list: () => groups.invites(summary.id) }), [groups, summary.id]);
  const asked = useAskedList(source);
  const [isMaking, setMaking] = useState(false);
  const [said, setSaid] = useState('');
  const opener = useRef<HTMLButtonElement>(null);
  useFocusKept(opener, isMaking);
  const isBusy = asked.changing !== undefined;
  const copy = async (invite: Invite) => {
    setSaid('');
    setSaid((await copyText(invitationAddress(invite.token))) ? t('jump.linkCopied') : t('links.notCopied'));
  };
  const make = async (wanted: { expiresIn: number; maxUses?: number }) => {
    setSaid('');
    if (!(await asked.change('new', () => groups.invite(summary.id, wanted)))) return;
    setMaking(false);
    setSaid(t('links.made'));
  };
  return (
    <section className={styles.section}>
      <div className={styles.heading}>
        <h3>{t('links.title')}</h3>
        {!isMaking && asked.items && (
          <Button ref={opener} look="quiet" disabled={isBusy} onClick={() => setMaking(true)}>
            <Link aria-hidden="true" />
            {t('links.new')}
          </Button>
        )}
      </div>
      <p className={styles.note}>{t('links.hint')}</p>
      {isMaking && <NewLink isBusy={isBusy} onMake={make} onCancel={() => setMaking(false)} />}
      <AskedList asked={asked} words="links" said={said}>
        {(invites) => (
          <ul>
            {invites.map((invite) => (
              <LinkLine
                key={invite.id}
                invite={invite}
                by={nameOf(summary, invite.by as Parameters<typeof nameOf>[1])}
                isBusy={isBusy}
                onCopy={() => void copy(invite)}
                onWithdraw={async () => {
                  if (await asked.change(invite.id, () => groups.withdraw(summary.id, invite.id)))
                    setSaid(t('links.withdrawn'));
                }}
              />
            ))}
          </ul>
        )}
      </AskedList>
    </section>
  );
}

function NewLink({
  isBusy,
  onMake,
  onCancel,
}: {
  isBusy: boolean;
  onMake: (wanted: { expiresIn: number; maxUses?: number }) => Promise<void>;
  onCancel: () => void;
}) {
  const [days, setDays] = useState<(typeof LIFETIMES)[number]>('7');
  const [uses, setUses] = useState<(typeof USES)[number]>('0');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onMake({ expiresIn: Number(days) * DAY_SECONDS, ...(uses !== '0' && { maxUses: Number(uses) }) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div>
        <p className={styles.legend}>{t('links.lasts')}</p>
        <Pills
          name="days"
          label={t('links.lasts')}
          options={LIFETIMES.map((each) => [each, t(`links.lifetimes.${each}`)])}
          value={days}
          onChange={setDays}
        />
      </div>
      <div>
        <p className={styles.legend}>{t('links.limit')}</p>
        <Pills
          name="uses"
          label={t('links.limit')}
          options={USES.map((each) => [each, t(`links.limits.${each}`)])}
          value={uses}
          onChange={setUses}
        />
      </div>
      <DialogActions>
        <Button onClick={onCancel}>{t('cancel')}</Button>
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? t('links.making') : t('links.make')}
        </Button>
      </DialogActions>
    </form>
  );
}

function LinkLine({
  invite,
  by,
  isBusy,
  onCopy,
  onWithdraw,
}: {
  invite: Invite;
  by: string;
  isBusy: boolean;
  onCopy: () => void;
  onWithdraw: () => Promise<unknown>;
}) {
  const today = useToday();
  const { token, expiresAt, uses, maxUses } = invite;
  const ends = t('links.ends', { day: plainDay(expiresAt, today), time: clockTime(expiresAt) });
  return (
    <li className={styles.link}>
      <div className={styles.who}>
        <p className={styles.address}>{invitationAddress(token)}</p>
        <p className={styles.detail}>
          {ends} · {maxUses === undefined ? t('links.used', { count: uses }) : t('links.usedOf', { uses, of: maxUses })}{' '}
          · {t('links.by', { name: by })}
        </p>
      </div>
      <Button aria-label={t('links.copyOf', { which: ends })} onClick={onCopy}>
        {t('links.copy')}
      </Button>
      <AskOnce
        label={t('links.withdraw')}
        description={t('links.withdrawOf', { which: ends })}
        question={t('links.sure')}
        confirm={t('links.withdraw')}
        busy={t('links.withdrawing')}
        isBusy={isBusy}
        onConfirm={onWithdraw}
      />
    </li>
  );
}
