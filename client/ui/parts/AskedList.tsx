/** The body of a dialog whose list only the server has: while it is asked for, when it cannot be, and what was done last. */
import { type ReactNode, useEffect } from 'react';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { describeRequest } from '../problems.ts';
import { useSession } from '../session.ts';
import type { AskedItems } from '../use-asked-list.ts';
import styles from './AskedList.module.css';
import { Button } from './Button.tsx';

export function AskedList<Item>({
  asked: { items, failure, load },
  words,
  said,
  children,
}: {
  asked: AskedItems<Item>;
  /** The part of the catalog that says `loading` and `offline` of this list. */
  words: 'devices' | 'keys' | 'links';
  /** What was done last, for those who do not see the list change. */
  said: string;
  children: (items: readonly Item[]) => ReactNode;
}) {
  const isConnected = useObserved(useSession().messenger.connection).is === 'connected';
  // What could not be asked without a network is asked when it is back.
  useEffect(() => {
    if (isConnected && failure?.is === 'network') void load();
  }, [isConnected, failure, load]);
  return (
    <div className={styles.body}>
      {failure && (
        <div role="alert" className={styles.problem}>
          <p>{failure.is === 'network' ? t(`${words}.offline`) : describeRequest(failure)}</p>
          <Button onClick={() => void load()}>{t('retry')}</Button>
        </div>
      )}
      {!items && !failure && (
        <p role="status" className={styles.note}>
          {t(`${words}.loading`)}
        </p>
      )}
      {items && children(items)}
      <p role="status" className={styles.said}>
        {said}
      </p>
    </div>
  );
}
