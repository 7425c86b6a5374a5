/**
 * Asks for which chat something from another app is. It goes into what is being written there, where it can be looked at before it is
 * sent; only then does it leave the place where it was kept.
 */
import { useEffect, useRef, useState } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import { t } from '../../language/translate.ts';
import { findShared, removeShared, type Shared } from '../../share/inbox.ts';
import { addToTray } from '../files/use-tray.ts';
import { ChatSearch, chatLine } from '../forward/ChatSearch.tsx';
import { endLaunch } from '../launch.ts';
import { useObserved } from '../observed.ts';
import { ModalDialog } from '../parts/ModalDialog.tsx';
import { openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import styles from './ShareDialog.module.css';

const inbox = () => ({ caches: window.caches, origin: window.location.origin });

export function ShareDialog({ share }: { share: string }) {
  const { messenger, drafts } = useSession();
  const [shared, setShared] = useState<Shared | 'gone'>();
  const { items } = useObserved(messenger.conversations);
  const search = useRef<HTMLInputElement>(null);
  const isPut = useRef(false);

  useEffect(() => {
    let isCurrent = true;
    void findShared(share, inbox())
      .catch(() => undefined)
      .then((found) => isCurrent && setShared(found ?? 'gone'));
    return () => {
      isCurrent = false;
    };
  }, [share]);

  const close = () => {
    endLaunch();
    void removeShared(share, inbox());
  };
  const put = async ({ text, files }: Shared, id: ConversationId) => {
    if (isPut.current) return;
    isPut.current = true;
    await addToTray(messenger.trays, id, files);
    const { text: before, edit } = drafts.get(id);
    const whole = [before, text].filter((part) => part !== '').join('\n');
    drafts.set(id, { text: whole, ...(edit && { edit }) });
    close();
    openConversation(id);
  };

  // It waits for the first chat.
  if (!shared || items.length === 0) return null;
  return (
    <ModalDialog
      isOpen
      onClose={close}
      title={t('share.title')}
      size="tall"
      initialFocus={search}
      onPressOutside="stays"
    >
      {shared === 'gone' ? (
        <p role="alert">{t('share.gone')}</p>
      ) : (
        <>
          <What shared={shared} />
          <ChatSearch search={search}>
            {(summary, inside) => (
              <button
                type="button"
                className={`${chatLine} ${styles.chat}`}
                onClick={() => void put(shared, summary.id)}
              >
                {inside}
              </button>
            )}
          </ChatSearch>
        </>
      )}
    </ModalDialog>
  );
}

const What = ({ shared: { text, files } }: { shared: Shared }) => (
  <div className={styles.what}>
    {text !== '' && (
      <p className={styles.text} dir="auto">
        {text}
      </p>
    )}
    {files.length > 0 && (
      <ul className={styles.files}>
        {files.map(({ name }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: they never move
          <li key={index} dir="auto">
            {name}
          </li>
        ))}
      </ul>
    )}
  </div>
);
