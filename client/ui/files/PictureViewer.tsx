/** One picture on the whole screen: Escape, the button and a press beside it close it. */
import { Dialog } from '@base-ui/react/dialog';
import { Download, X } from 'lucide-react';
import { t } from '../../language/translate.ts';
import styles from './PictureViewer.module.css';

export function PictureViewer({
  url,
  name,
  href,
  onClose,
}: {
  /** Undefined: closed. */
  url: string | undefined;
  name: string;
  href: string;
  onClose: () => void;
}) {
  return (
    <Dialog.Root open={url !== undefined} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.viewer}>
          <div className={styles.bar}>
            <Dialog.Title className={styles.title} dir="auto">
              {name}
            </Dialog.Title>
            <a className={styles.action} href={href} download={name} aria-label={t('files.download')}>
              <Download aria-hidden="true" />
            </a>
            <Dialog.Close className={styles.action} aria-label={t('close')}>
              <X aria-hidden="true" />
            </Dialog.Close>
          </div>
          {url && <img className={styles.picture} src={url} alt={name} />}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
