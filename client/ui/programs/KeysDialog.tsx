/** One's API keys: the list, a new one, and, once, the key itself. */
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import type { CreateApiKey } from '../../../schema/http/keys.ts';
import { t } from '../../language/translate.ts';
import { AskedList } from '../parts/AskedList.tsx';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { Notice } from '../parts/Notice.tsx';
import { describeRequest } from '../problems.ts';
import { useSession } from '../session.ts';
import { useAskedList } from '../use-asked-list.ts';
import { KeyLine } from './KeyLine.tsx';
import { NewKey } from './NewKey.tsx';
import { ShownOnce } from './ShownOnce.tsx';

type View = { readonly is: 'list' } | { readonly is: 'new' } | { readonly is: 'made'; readonly key: string };

function headOf(view: View['is']): { title: string; hint?: string } {
  if (view === 'list') return { title: t('keys.title'), hint: t('keys.hint') };
  return view === 'new' ? { title: t('keys.new') } : { title: t('keys.madeTitle'), hint: t('keys.madeHint') };
}

export function KeysDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { keys } = useSession().messenger;
  const [view, setView] = useState<View>({ is: 'list' });
  const back = () => setView({ is: 'list' });
  const close = () => {
    onClose();
    back();
  };
  const create = async (input: CreateApiKey) => {
    const answer = await keys.create(input);
    if (!answer.ok) return describeRequest(answer.failure);
    setView({ is: 'made', key: answer.value.key });
    return undefined;
  };
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      {...headOf(view.is)}
      size="tall"
      onPressOutside={view.is === 'list' ? 'closes' : 'stays'}
    >
      {view.is === 'list' && <KeyList onNew={() => setView({ is: 'new' })} />}
      {view.is === 'new' && <NewKey onCreate={create} onCancel={back} />}
      {view.is === 'made' && <ShownOnce label={t('keys.key')} secret={view.key} onDone={back} />}
    </Dialog>
  );
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
