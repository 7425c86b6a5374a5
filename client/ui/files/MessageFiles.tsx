/** The files of a message in its bubble: pictures in boxes whose size is known beforehand, everything else as cards to save. */
import { useCallback, useState } from 'react';
import { isPicture, type MessageFile } from '../../../schema/document/files.ts';
import type { MessageId } from '../../../schema/ids.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { lazily } from '../parts/lazily.tsx';
import { useSession } from '../session.ts';
import { FileCard } from './FileCard.tsx';
import styles from './files.module.css';
import { Picture } from './Picture.tsx';
import { useBlobUrl } from './use-blob-url.ts';

const PictureViewer = lazily(
  async () => (await import('./PictureViewer.tsx')).PictureViewer,
  ({ url }) => url !== undefined,
);

export function MessageFiles({
  message,
  files,
  isTabbable,
}: {
  message: MessageId;
  files: readonly MessageFile[];
  isTabbable: boolean;
}) {
  return (
    <div className={styles.files}>
      {files.map((file) =>
        isPicture(file) && file.width !== undefined ? (
          <SentPicture key={file.id} {...{ message, file, isTabbable }} />
        ) : (
          <FileCard key={file.id} file={file} href={`/api/files/${file.id}`} isTabbable={isTabbable} />
        ),
      )}
    </div>
  );
}

function SentPicture({ message, file, isTabbable }: { message: MessageId; file: MessageFile; isTabbable: boolean }) {
  const { messenger } = useSession();
  const { files } = messenger;
  const [isOpen, setOpen] = useState(false);
  const connection = useObserved(messenger.connection).is;
  const isOffline = connection === 'offline';
  // What could not be had without a network is asked for again when there is one.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const open = useCallback(() => files.open(message, file), [files, message, file.id, isOffline]);
  const { url, problem: failure } = useBlobUrl(open);
  const problem = failure && t(`files.${failure}`);
  const act = t('files.openPicture', { name: file.name });
  return (
    <>
      <button
        type="button"
        className={styles.open}
        tabIndex={isTabbable ? 0 : -1}
        aria-label={problem ? `${act}. ${problem}` : act}
        onClick={() => url && setOpen(true)}
      >
        <Picture file={file} url={url} problem={problem} />
      </button>
      <PictureViewer
        url={isOpen ? url : undefined}
        name={file.name}
        href={`/api/files/${file.id}`}
        onClose={() => setOpen(false)}
      />
    </>
  );
}
