/** Asks somebody who followed a link whether they want to join, and says in words why they cannot. */
import { useEffect, useState } from 'react';
import type { Invitation } from '../../../schema/http/invites.ts';
import type { ConversationId } from '../../../schema/ids.ts';
import type { Answer, RequestFailure } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { ModalDialog } from '../parts/ModalDialog.tsx';
import { describeRequest } from '../problems.ts';
import { openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import styles from './Invitation.module.css';
import { endInvitation } from './invitation.ts';

export function InvitationDialog({ token }: { token: string }) {
  const { groups, connection } = useSession().messenger;
  const isConnected = useObserved(connection).is === 'connected';
  const [answer, setAnswer] = useState<Answer<Invitation>>();
  const [isBusy, setBusy] = useState(false);
  const isWanting = answer === undefined || (!answer.ok && answer.failure.is === 'network');

  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, and again when the network is back
  useEffect(() => {
    if (!isWanting) return;
    let isCurrent = true;
    void groups.look(token).then((next) => isCurrent && setAnswer(next));
    return () => {
      isCurrent = false;
    };
  }, [groups, token, isConnected]);

  const enter = (id: string) => {
    endInvitation();
    openConversation(id as ConversationId);
  };
  const join = async () => {
    setBusy(true);
    const joined = await groups.join(token);
    setBusy(false);
    if (joined.ok) enter(joined.value);
    else setAnswer(joined);
  };
  const words = answer && !answer.ok ? describe(answer.failure) : undefined;
  const found = answer?.ok ? answer.value : undefined;
  return (
    <ModalDialog isOpen onClose={endInvitation} title={t('invitation.title')}>
      {!answer && <p role="status">{t('invitation.looking')}</p>}
      {words && <p role="alert">{words}</p>}
      {found && <Group invitation={found} />}
      <DialogActions>
        <Button onClick={endInvitation}>{found && !found.role ? t('invitation.decline') : t('close')}</Button>
        {found?.role ? (
          <Button look="primary" onClick={() => enter(found.conversation.id)}>
            {t('invitation.open')}
          </Button>
        ) : (
          found && (
            <Button look="primary" disabled={isBusy || found.isFull} onClick={() => void join()}>
              {isBusy ? t('invitation.joining') : t('invitation.join')}
            </Button>
          )
        )}
      </DialogActions>
    </ModalDialog>
  );
}

function Group({ invitation: { conversation, by, role, isFull } }: { invitation: Invitation }) {
  const title = conversation.title ?? t('invitation.untitled');
  return (
    <div className={styles.group}>
      <Avatar id={conversation.id} name={title} picture={conversation.picture} kind="group" size="large" />
      <div className={styles.words}>
        <p className={styles.title} dir="auto">
          {title}
        </p>
        <p className={styles.detail}>
          {t('conversation.members', { count: conversation.members })} · {t('invitation.by', { name: by.name })}
        </p>
        {conversation.description !== undefined && (
          <p className={styles.description} dir="auto">
            {conversation.description}
          </p>
        )}
        {role && <p>{t('invitation.isIn')}</p>}
        {isFull && !role && <p role="alert">{t('invitation.full')}</p>}
      </div>
    </div>
  );
}

function describe(failure: RequestFailure): string {
  if (failure.is === 'network') return t('invitation.offline');
  const known = ([403, 404, 409, 410] as const).find((status) => status === failure.status);
  return known ? t(`invitation.refused.${known}`) : describeRequest(failure);
}
