/** A message that waits for its files: how far they are, and what to do when they cannot be sent. Only on this device. */
import { memo, useCallback } from 'react';
import { isVoice } from '../../../schema/document/files.ts';
import type { UnsentMessage } from '../../conversation/attachments.ts';
import type { Conversation, ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { MessageText } from '../markup/MessageText.tsx';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { useSession } from '../session.ts';
import { MessageStatus } from '../timeline/MessageStatus.tsx';
import { Voice } from '../voice/Voice.tsx';
import { FileCard } from './FileCard.tsx';
import styles from './files.module.css';
import { Picture } from './Picture.tsx';
import { isShownAsPicture } from './pictures.ts';
import { useBlobUrl } from './use-blob-url.ts';

export const UnsentRow = memo(function UnsentRow({
  unsent,
  conversation,
  members,
  isTabStop,
}: {
  unsent: UnsentMessage;
  conversation: Conversation;
  members: ConversationSummary['members'];
  isTabStop: boolean;
}) {
  const { uploads } = useSession().messenger;
  const gone = useObserved(uploads).get(unsent.key);
  const total = unsent.files.reduce((sum, { size }) => sum + size, 0);
  const { key, failure } = unsent;
  const tabIndex = isTabStop ? 0 : -1;
  // What fails is shown by the store, and the row stays.
  const discard = () => void conversation.discardFiles(key).catch(() => undefined);
  const retry = () => void conversation.retryFiles(key).catch(() => undefined);
  return (
    <div className={styles.row}>
      <div className={styles.unsent} data-bubble data-failed={failure ? '' : undefined}>
        <div className={styles.files}>
          {unsent.files.map((file, index) =>
            isVoice(file) ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the files of one message never move
              <UnsentVoice key={index} unsent={unsent} index={index} isTabbable={isTabStop} />
            ) : isShownAsPicture(file) ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <UnsentPicture key={index} unsent={unsent} index={index} />
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <FileCard key={index} file={file} />
            ),
          )}
        </div>
        {unsent.text && (
          <div dir="auto">
            <MessageText isTabbable={isTabStop} members={members}>
              {unsent.text}
            </MessageText>
          </div>
        )}
        {failure ? (
          <p className={styles.failed}>
            <strong>{t('failed.message')}.</strong> {t(`failed.reasons.${failure}`)}
          </p>
        ) : (
          <div className={styles.state}>
            {gone === undefined ? (
              <span>{t('files.waiting')}</span>
            ) : (
              <progress value={gone} max={total} aria-label={t('files.progress')} />
            )}
            <MessageStatus delivery="sending" />
          </div>
        )}
      </div>
      <div className={styles.actions}>
        {failure && (
          <Button look="quiet" tabIndex={tabIndex} onClick={retry}>
            {t('failed.actions.retry')}
          </Button>
        )}
        <Button look="quiet" tabIndex={tabIndex} onClick={discard}>
          {failure ? t('failed.actions.delete') : t('files.cancel')}
        </Button>
      </div>
    </div>
  );
});

function useUnsent({ key, files: all }: UnsentMessage, index: number) {
  const { files } = useSession().messenger;
  const open = useCallback(() => files.openUnsent(key, index), [files, key, index]);
  return { file: all[index], open };
}

function UnsentPicture({ unsent, index }: { unsent: UnsentMessage; index: number }) {
  const { file, open } = useUnsent(unsent, index);
  const { url } = useBlobUrl(open);
  return file && <Picture file={file} url={url} />;
}

function UnsentVoice({ unsent, index, isTabbable }: { unsent: UnsentMessage; index: number; isTabbable: boolean }) {
  const { file, open } = useUnsent(unsent, index);
  return file && <Voice name={`${unsent.key}/${index}`} {...{ file, open, isTabbable }} />;
}
