/** A file that is not shown but saved: what it is, what it is called and how large it is. */
import { Download, FileArchive, FileAudio, FileImage, FileText, FileVideo, File as Plain } from 'lucide-react';
import type { MessageFile } from '../../../schema/document/files.ts';
import { formatSize } from '../../language/format.ts';
import { t } from '../../language/translate.ts';
import styles from './files.module.css';

const ICONS = [
  [/^image\//, FileImage],
  [/^audio\//, FileAudio],
  [/^video\//, FileVideo],
  [/zip|tar|compressed|7z|rar/, FileArchive],
  [/^text\/|pdf|document|sheet|presentation/, FileText],
] as const;

export function FileCard({
  file,
  href,
  isTabbable = true,
}: {
  file: Omit<MessageFile, 'id'>;
  /** Without it there is nothing to save yet. */
  href?: string;
  isTabbable?: boolean;
}) {
  const Icon = ICONS.find(([pattern]) => pattern.test(file.type))?.[1] ?? Plain;
  const inside = (
    <>
      <Icon aria-hidden="true" />
      <span className={styles.words}>
        <span className={styles.name} dir="auto">
          {file.name}
        </span>
        <span className={styles.size}>{formatSize(file.size)}</span>
      </span>
      {href && (
        <>
          <span className="visually-hidden">{t('files.download')}</span>
          <Download aria-hidden="true" className={styles.save} />
        </>
      )}
    </>
  );
  if (!href) return <span className={styles.card}>{inside}</span>;
  return (
    <a className={styles.card} href={href} download={file.name} tabIndex={isTabbable ? 0 : -1}>
      {inside}
    </a>
  );
}
