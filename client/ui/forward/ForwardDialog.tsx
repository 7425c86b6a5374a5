/**
 * Sends texts on to other chats, as one's own messages: they are stored on this device and go out like everything that is written
 * here, also later when there is no network.
 */
import { type FormEvent, memo, useRef, useState } from 'react';
import type { ConversationId } from '../../../schema/ids.ts';
import type { ConversationSummary, Messenger } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { describeStorage } from '../problems.ts';
import { useSession } from '../session.ts';
import { ChatSearch, chatLine } from './ChatSearch.tsx';
import styles from './ForwardDialog.module.css';

export const ForwardDialog = memo(function ForwardDialog({
  texts,
  leavesFiles,
  onClose,
  onForwarded,
}: {
  /** In their order; undefined: closed. */
  texts: readonly string[] | undefined;
  /** They came with files, which are not sent on. */
  leavesFiles: boolean;
  onClose: () => void;
  /** Stored for so many chats. */
  onForwarded: (chats: number) => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  return (
    <Dialog isOpen={texts !== undefined} onClose={onClose} title={t('forward.title')} size="tall" initialFocus={search}>
      <ForwardForm {...{ search, leavesFiles, onForwarded }} texts={texts ?? []} />
    </Dialog>
  );
});

function ForwardForm({
  search,
  texts,
  leavesFiles,
  onForwarded,
}: {
  search: React.RefObject<HTMLInputElement | null>;
  texts: readonly string[];
  leavesFiles: boolean;
  onForwarded: (chats: number) => void;
}) {
  const { messenger } = useSession();
  const [chosen, setChosen] = useState<ReadonlySet<ConversationId>>(new Set());
  const [problem, setProblem] = useState<string>();
  const isSending = useRef(false);

  const toggle = ({ id }: ConversationSummary) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (chosen.size === 0 || isSending.current) return;
    isSending.current = true;
    try {
      for (const id of chosen) await send(messenger, id, texts);
      onForwarded(chosen.size);
    } catch (failure) {
      setProblem(describeStorage(failure));
    } finally {
      isSending.current = false;
    }
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <ChatSearch search={search} isKept={(id) => chosen.has(id)}>
        {(summary, inside) => (
          <label className={chatLine}>
            {inside}
            <input type="checkbox" checked={chosen.has(summary.id)} onChange={() => toggle(summary)} />
          </label>
        )}
      </ChatSearch>
      {leavesFiles && <p className={styles.note}>{t('forward.withoutFiles')}</p>}
      {problem && <p role="alert">{problem}</p>}
      <DialogActions>
        <Button look="primary" type="submit" disabled={chosen.size === 0}>
          {chosen.size > 1 ? t('forward.actionMany', { count: chosen.size }) : t('forward.action')}
        </Button>
      </DialogActions>
    </form>
  );
}

async function send(messenger: Messenger, id: ConversationId, texts: readonly string[]): Promise<void> {
  using conversation = messenger.open(id);
  for (const one of texts) await conversation.send(one);
}
