/** Choosing people for a group that exists, in a dialog on top of its details. Who could not be added stays chosen. */
import { type FormEvent, useRef, useState } from 'react';
import type { UserId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import styles from '../list/NewConversation.module.css';
import { PeoplePicker } from '../list/PeoplePicker.tsx';
import type { Person } from '../list/use-people.ts';
import { Button } from '../parts/Button.tsx';
import { DialogActions } from '../parts/Dialog.tsx';
import { ModalDialog } from '../parts/ModalDialog.tsx';
import { useSession } from '../session.ts';
import { useChange } from './use-change.ts';

export function AddPeople({
  summary,
  isOpen,
  onClose,
  onAdded,
}: {
  summary: ConversationSummary;
  isOpen: boolean;
  onClose: () => void;
  onAdded: (words: string) => void;
}) {
  const { groups } = useSession().messenger;
  const search = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const { doing, problem, change } = useChange();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    for (const person of chosen) {
      if (!(await change(person.id, () => groups.put(summary.id, person.id as UserId, 'member')))) return;
      setChosen((left) => left.filter(({ id }) => id !== person.id));
    }
    onAdded(t('details.added', { count: chosen.length }));
    onClose();
  };
  return (
    <ModalDialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('details.addTitle', { group: summary.title })}
      size="tall"
      initialFocus={search}
    >
      <form className={styles.form} onSubmit={submit}>
        <PeoplePicker
          search={search}
          chosen={chosen}
          onChange={setChosen}
          isIn={(id) => summary.members.some((member) => member.id === id)}
        />
        {problem && (
          <p role="alert" className={styles.problem}>
            {problem}
          </p>
        )}
        <DialogActions>
          <Button look="primary" type="submit" disabled={chosen.length === 0 || doing !== undefined}>
            {doing ? t('details.adding') : t('details.addAction')}
          </Button>
        </DialogActions>
      </form>
    </ModalDialog>
  );
}
