/** Asks in which format a conversation is to be saved, and shows how far that is. Without a server: what this device can write. */
import { type FormEvent, type RefObject, useRef } from 'react';
import type { ConversationSummary, ExportFormat } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { useObserved } from '../observed.ts';
import { Button } from '../parts/Button.tsx';
import { Choices } from '../parts/Choices.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { useSession } from '../session.ts';
import { ExportProgress } from './ExportProgress.tsx';
import { useExport } from './use-export.ts';

const FORMATS = ['html', 'ndjson', 'json', 'yjs'] as const satisfies readonly ExportFormat[];
const ON_DEVICE = ['html', 'ndjson'] as const satisfies readonly ExportFormat[];

export function ConversationExportDialog({
  summary,
  isOpen,
  onClose,
  opener,
}: {
  summary: ConversationSummary;
  isOpen: boolean;
  onClose: () => void;
  /** Where the focus returns to. */
  opener: RefObject<HTMLElement | null>;
}) {
  const { messenger } = useSession();
  const { state, start, stop } = useExport();
  const isOffline = useObserved(messenger.connection).is === 'offline';
  const first = useRef<HTMLButtonElement>(null);
  const close = () => {
    stop();
    onClose();
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const format = new FormData(event.currentTarget).get('format') as ExportFormat;
    // The button that was pressed goes.
    first.current?.focus();
    start(messenger.exports.ofConversation(summary.id, format, t('export.deviceNote')));
  };
  const isEnded = state?.is === 'done';
  const choices = (isOffline ? ON_DEVICE : FORMATS).map((value) => ({
    value,
    label: t(`export.formats.${value}.label`),
    hint: t(`export.formats.${value}.hint`),
  }));
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={t('export.title', { conversation: summary.title })}
      hint={state ? undefined : isOffline ? t('export.offlineHint') : t('export.hint')}
      initialFocus={first}
      finalFocus={opener}
    >
      <form onSubmit={submit}>
        {state ? (
          <ExportProgress state={state} />
        ) : (
          <Choices name="format" label={t('export.format')} choices={choices} />
        )}
        <DialogActions>
          <Button ref={first} look={isEnded ? 'primary' : 'plain'} onClick={close}>
            {isEnded ? t('close') : t('cancel')}
          </Button>
          {!state && (
            <Button look="primary" type="submit">
              {t('export.action')}
            </Button>
          )}
          {state?.is === 'failed' && (
            <Button look="primary" onClick={stop}>
              {t('export.retry')}
            </Button>
          )}
        </DialogActions>
      </form>
    </Dialog>
  );
}
