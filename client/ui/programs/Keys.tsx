/** One's API keys: the list, a new one, and, once, the key itself. */
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { CreateApiKey } from '../../../schema/http/keys.ts';
import { t } from '../../language/translate.ts';
import { AskedList } from '../parts/AskedList.tsx';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { Notice } from '../parts/Notice.tsx';
import { describeRequest } from '../problems.ts';
import { useSession } from '../session.ts';
import { useAskedList } from '../use-asked-list.ts';
import { KeyLine } from './KeyLine.tsx';
import { NewKey } from './NewKey.tsx';
import styles from './Programs.module.css';
import { ShownOnce } from './ShownOnce.tsx';

type View = { readonly is: 'list' } | { readonly is: 'new' } | { readonly is: 'made'; readonly key: string };

export function Keys({ hold }: { hold: (isHeld: boolean) => void }) {
  const { keys } = useSession().messenger;
  const [view, setView] = useState<View>({ is: 'list' });
  const show = (next: View) => {
    setView(next);
    // What was typed, or is shown this once, would be lost by a press outside.
    hold(next.is !== 'list');
  };
  const back = () => show({ is: 'list' });
  const create = async (input: CreateApiKey) => {
    const answer = await keys.create(input);
    if (!answer.ok) return describeRequest(answer.failure);
    show({ is: 'made', key: answer.value.key });
    return undefined;
  };
  if (view.is === 'new')
    return (
      <>
        <h4 className={styles.title}>{t('keys.new')}</h4>
        <NewKey onCreate={create} onCancel={back} />
      </>
    );
  if (view.is === 'made')
    return (
      <>
        <h4 className={styles.title}>{t('keys.madeTitle')}</h4>
        <p>{t('keys.madeHint')}</p>
        <ShownOnce label={t('keys.key')} secret={view.key} onDone={back} />
      </>
    );
  return <KeyList onNew={() => show({ is: 'new' })} />;
}

function KeyList({ onNew }: { onNew: () => void }) {
  const { keys } = useSession().messenger;
  const asked = useAskedList(keys);
  const [said, setSaid] = useState('');
  const revoke = async (id: string) => {
    setSaid('');
    if (await asked.change(id, () => keys.revoke(id))) setSaid(t('keys.revoked'));
  };
  return (
    <>
      <AskedList asked={asked} words="keys" said={said}>
        {(items) =>
          items.length === 0 ? (
            <Notice icon={<KeyRound />} title={t('keys.noneTitle')} hint={t('keys.noneHint')} />
          ) : (
            <ul>
              {items.map((apiKey) => (
                <KeyLine
                  key={apiKey.id}
                  apiKey={apiKey}
                  isBusy={asked.changing !== undefined}
                  onRevoke={() => revoke(apiKey.id)}
                />
              ))}
            </ul>
          )
        }
      </AskedList>
      {asked.items && (
        <DialogActions>
          <Button look="primary" onClick={onNew}>
            {t('keys.new')}
          </Button>
        </DialogActions>
      )}
    </>
  );
}
