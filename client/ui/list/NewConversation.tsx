/**
 * Choosing people to write to. One person without a group name is a direct conversation; several people, or a name,
 * are a group.
 */
import { type FormEvent, useRef, useState } from 'react';
import type { UserId } from '../../../schema/ids.ts';
import { MAX_TITLE_CHARACTERS } from '../../../schema/limits.ts';
import { t } from '../../language/translate.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { describeRequest } from '../problems.ts';
import { openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import styles from './NewConversation.module.css';
import { PeoplePicker } from './PeoplePicker.tsx';
import type { Person } from './use-people.ts';

export function NewConversation({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const search = useRef<HTMLInputElement>(null);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('create.title')} size="tall" initialFocus={search}>
      <NewConversationForm search={search} onClose={onClose} />
    </Dialog>
  );
}

function NewConversationForm({
  search,
  onClose,
}: {
  search: React.RefObject<HTMLInputElement | null>;
  onClose: () => void;
}) {
  const { messenger } = useSession();
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const [isNaming, setNaming] = useState(false);
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState<{ at: 'title' | 'form'; words: string }>();
  const [isBusy, setBusy] = useState(false);
  const isGroup = chosen.length > 1 || (chosen.length === 1 && isNaming);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (chosen.length === 0 || isBusy) return;
    const name = title.trim();
    if (isGroup && !name) return setProblem({ at: 'title', words: t('create.groupMissing') });
    setBusy(true);
    const memberIds = chosen.map((person) => person.id as UserId);
    const answer = await messenger.createConversation(isGroup ? { title: name, memberIds } : { memberIds });
    setBusy(false);
    if (!answer.ok) return setProblem({ at: 'form', words: describeRequest(answer.failure) });
    onClose();
    openConversation(answer.value);
  };

  return (
    <form className={styles.form} onSubmit={submit}>
      <PeoplePicker
        search={search}
        chosen={chosen}
        onChange={(people) => {
          setChosen(people);
          setProblem(undefined);
        }}
      >
        {isGroup && (
          <Field
            label={t('create.groupName')}
            error={problem?.at === 'title' ? problem.words : undefined}
            value={title}
            maxLength={MAX_TITLE_CHARACTERS}
            autoComplete="off"
            onChange={(event) => {
              setTitle(event.target.value);
              setProblem(undefined);
            }}
          />
        )}
      </PeoplePicker>
      {problem?.at === 'form' && (
        <p role="alert" className={styles.problem}>
          {problem.words}
        </p>
      )}
      <DialogActions>
        {chosen.length === 1 && !isNaming && (
          <Button look="quiet" onClick={() => setNaming(true)}>
            {t('create.makeGroup')}
          </Button>
        )}
        <Button look="primary" type="submit" disabled={chosen.length === 0 || isBusy}>
          {isBusy ? t('create.busy') : isGroup ? t('create.createGroup') : t('create.start')}
        </Button>
      </DialogActions>
    </form>
  );
}
