/** How much this device keeps of the account and how safely, with a way to let go of what the server has too. */

import { useCallback, useEffect, useState } from 'react';
import type { SpaceUse } from '../../conversation/conversation.ts';
import { formatSize } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { useSession } from '../session.ts';
import styles from './Settings.module.css';

export function StorageSettings() {
  const { space } = useSession().messenger;
  const [use, setUse] = useState<SpaceUse | 'measuring' | 'unknown'>('measuring');
  const [said, setSaid] = useState('');
  const measure = useCallback(async () => setUse((await space.measure()) ?? 'unknown'), [space]);
  useEffect(() => void measure(), [measure]);

  const persist = async () => {
    const isKept = await space.persist();
    setSaid(isKept ? '' : t('storageUse.refused'));
    await measure();
  };
  const clear = async () => {
    await space.clearFiles();
    setSaid(t('storageUse.cleared'));
    await measure();
  };
  if (use === 'measuring') return <p className={styles.note}>{t('storageUse.measuring')}</p>;
  if (use === 'unknown') return <p className={styles.note}>{t('storageUse.unknown')}</p>;
  const { messages, files, unsent, rest, available, isPersisted } = use;
  const used = messages + files + unsent + rest;
  const kinds = [
    ['messages', messages],
    ['files', files],
    ['unsent', unsent],
    ['rest', rest],
  ] as const;
  return (
    <>
      <p className={styles.total}>
        {t('storageUse.used', { used: formatSize(used), available: formatSize(available) })}
      </p>
      <div className={styles.bar} aria-hidden="true">
        {kinds.map(([kind, bytes]) => bytes > 0 && <span key={kind} data-kind={kind} style={{ flexGrow: bytes }} />)}
      </div>
      <dl className={styles.kinds}>
        {kinds.map(
          ([kind, bytes]) =>
            (bytes > 0 || kind === 'files') && (
              <div key={kind} className={styles.kind}>
                <dt data-kind={kind}>{t(`storageUse.kinds.${kind}`)}</dt>
                <dd>{formatSize(bytes)}</dd>
              </div>
            ),
        )}
      </dl>
      <div className={styles.act}>
        <p className={styles.hint}>{t('storageUse.clearHint')}</p>
        <Button disabled={files === 0} onClick={() => void clear()}>
          {t('storageUse.clear')}
        </Button>
      </div>
      <div className={styles.act}>
        <p className={styles.hint}>{isPersisted ? t('storageUse.persisted') : t('storageUse.notPersisted')}</p>
        {!isPersisted && <Button onClick={() => void persist()}>{t('storageUse.persist')}</Button>}
      </div>
      <p role="status" className={styles.note}>
        {said}
      </p>
    </>
  );
}
