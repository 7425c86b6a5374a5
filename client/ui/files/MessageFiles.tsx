/** The files of a message in its bubble: pictures in boxes whose size is known beforehand, everything else as cards to save. */
import { useCallback } from 'react';
import { isVoice, type MessageFile } from '../../../schema/document/files.ts';
import type { ConversationId, MessageId } from '../../../schema/ids.ts';
import { t } from '../../language/translate.ts';
import { useSession } from '../session.ts';
import { Voice } from '../voice/Voice.tsx';
import { FileCard } from './FileCard.tsx';
import styles from './files.module.css';
import { Picture } from './Picture.tsx';
import { isShownAsPicture } from './pictures.ts';
import { usePicture } from './use-picture.ts';
import { viewed } from './viewed.ts';

export function MessageFiles({
  conversation,
  message,
  files,
  isTabbable,
}: {
  conversation: ConversationId;
  message: MessageId;
  files: readonly MessageFile[];
  isTabbable: boolean;
}) {
  return (
    <div className={styles.files}>
      {files.map((file) =>
        isVoice(file) ? (
          <SentVoice key={file.id} {...{ message, file, isTabbable }} />
        ) : isShownAsPicture(file) ? (
          <SentPicture key={file.id} {...{ conversation, message, file, isTabbable }} />
        ) : (
          <FileCard key={file.id} file={file} href={`/api/files/${file.id}`} isTabbable={isTabbable} />
        ),
      )}
    </div>
  );
}

function SentVoice({ message, file, isTabbable }: { message: MessageId; file: MessageFile; isTabbable: boolean }) {
  const { files } = useSession().messenger;
  // biome-ignore lint/correctness/useExhaustiveDependencies: an edit makes another object of the same file
  const open = useCallback(() => files.open(message, file), [files, message, file.id]);
  return <Voice name={file.id} {...{ file, open, isTabbable }} />;
}

function SentPicture({
  conversation,
  message,
  file,
  isTabbable,
}: {
  conversation: ConversationId;
  message: MessageId;
  file: MessageFile;
  isTabbable: boolean;
}) {
  const { url, problem: failure } = usePicture(message, file);
  const problem = failure && t(`files.${failure}`);
  const act = t('files.openPicture', { name: file.name });
  return (
    <button
      type="button"
      className={styles.open}
      tabIndex={isTabbable ? 0 : -1}
      aria-label={problem ? `${act}. ${problem}` : act}
      data-opens={file.id}
      onClick={() => viewed.set({ conversation, file: file.id })}
    >
      <Picture file={file} url={url} problem={problem} />
    </button>
  );
}
