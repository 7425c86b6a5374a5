/** A small chip that says when the server is out of reach and how much waits for it. It never blocks anything. */
import { CloudOff, RefreshCw } from 'lucide-react';
import { t } from '../../language/translate.ts';
import { useSession } from '../session.ts';
import styles from './ConnectionChip.module.css';
import { type Trouble, useTrouble } from './use-trouble.ts';

export function ConnectionChip({ place }: { place: 'list' | 'below-header' }) {
  const { messenger } = useSession();
  const trouble = useTrouble(messenger.connection);
  return (
    <div role="status" className={`${styles.place} ${place === 'list' ? styles.list : styles.belowHeader}`}>
      {trouble && (
        <span className={styles.chip} data-state={trouble.is}>
          {trouble.is === 'offline' ? <CloudOff aria-hidden="true" /> : <RefreshCw aria-hidden="true" />}
          {describe(trouble)}
        </span>
      )}
    </div>
  );
}

function describe(trouble: Trouble): string {
  switch (trouble.is) {
    case 'connecting':
      return t('connection.connecting');
    case 'offline':
      return trouble.waiting > 0 ? t('connection.offlineWaiting', { count: trouble.waiting }) : t('connection.offline');
    case 'syncing':
      return t('connection.syncing');
  }
}
