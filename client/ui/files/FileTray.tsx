/** The files of the next message above its text: what they are, and a way to take each out again. */
import { Mic, File as Plain, X } from 'lucide-react';
import { useCallback } from 'react';
import { clockDuration, isPicture, isVoice } from '../../../schema/document/files.ts';
import type { TrayFile } from '../../conversation/attachments.ts';
import { formatSize } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import { IconButton } from '../parts/Button.tsx';
import styles from './files.module.css';
import { useBlobUrl } from './use-blob-url.ts';
import type { ComposerTray } from './use-tray.ts';

export function FileTray({ tray }: { tray: ComposerTray }) {
  if (tray.files.length === 0) return null;
  return (
    <ul className={styles.tray} aria-label={t('files.tray')}>
      {tray.files.map((file) => (
        <Waiting key={file.key} file={file} onRemove={() => tray.remove([file])} />
      ))}
    </ul>
  );
}

function Waiting({ file, onRemove }: { file: TrayFile; onRemove: () => void }) {
  const name = isVoice(file) ? t('voice.name', { time: clockDuration(file.duration ?? 0) }) : file.name;
  const open = useCallback(async () => (isPicture(file) ? file.blob : undefined), [file]);
  const { url } = useBlobUrl(open);
  return (
    <li className={styles.waiting}>
      {url ? <img src={url} alt="" /> : isVoice(file) ? <Mic aria-hidden="true" /> : <Plain aria-hidden="true" />}
      <span className={styles.words}>
        <span className={styles.name} dir="auto">
          {name}
        </span>
        <span className={styles.size}>{formatSize(file.size)}</span>
      </span>
      <IconButton label={t('files.remove', { name })} onClick={onRemove} className={styles.remove ?? ''}>
        <X />
      </IconButton>
    </li>
  );
}
