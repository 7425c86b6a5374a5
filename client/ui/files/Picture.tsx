/** A picture in the box it will fill, above the few pixels of it that came with the message. */
import type { MessageFile } from '../../../schema/document/files.ts';
import styles from './files.module.css';

export function Picture({
  file,
  url,
  problem,
}: {
  file: Omit<MessageFile, 'id'>;
  url: string | undefined;
  /** Why it is not there; said inside, as the box must not grow. */
  problem?: string | undefined;
}) {
  const { width = 1, height = 1, preview, name } = file;
  return (
    <span
      className={styles.picture}
      data-picture={url ? 'shown' : 'awaited'}
      style={{ '--width': width, '--height': height, ...(preview && { backgroundImage: `url("${preview}")` }) }}
    >
      {url && <img src={url} alt={name} width={width} height={height} draggable={false} />}
      {problem && <span className={styles.problem}>{problem}</span>}
    </span>
  );
}
