/**
 * Choosing people to write to. One person without a group name is a direct conversation; several people, or a name,
 * are a group. The search field is a combobox: arrow keys move through the people found, Enter chooses.
 */
import { X } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { UserId } from '../../../schema/ids.ts';
import { MAX_TITLE_CHARACTERS } from '../../../schema/limits.ts';
import { Button } from '../parts/Button.tsx';
import { Dialog, DialogActions } from '../parts/Dialog.tsx';
import { Field } from '../parts/Field.tsx';
import { describeRequest } from '../problems.ts';
import { openConversation } from '../router.ts';
import { useSession } from '../session.ts';
import { text } from '../text.ts';
import styles from './NewConversation.module.css';
import { PeopleFound } from './PeopleFound.tsx';
import { type Person, usePeople } from './use-people.ts';

export function NewConversation({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const search = useRef<HTMLInputElement>(null);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={text.create.title} size="tall" initialFocus={search}>
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
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const [highlighted, setHighlighted] = useState(0);
  const [isNaming, setNaming] = useState(false);
  const [title, setTitle] = useState('');
  const [problem, setProblem] = useState<{ at: 'title' | 'form'; words: string }>();
  const [isBusy, setBusy] = useState(false);
  const listId = useId();
  const found = usePeople(messenger, query);
  const isGroup = chosen.length > 1 || (chosen.length === 1 && isNaming);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another query begins at its first result
  useEffect(() => setHighlighted(0), [query]);

  const toggle = (person: Person) => {
    const isChosen = chosen.some((one) => one.id === person.id);
    setChosen(isChosen ? chosen.filter((one) => one.id !== person.id) : [...chosen, person]);
    setProblem(undefined);
    setQuery('');
    search.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const person = found.people[highlighted];
    if (event.key === 'ArrowDown') setHighlighted(Math.min(highlighted + 1, found.people.length - 1));
    else if (event.key === 'ArrowUp') setHighlighted(Math.max(highlighted - 1, 0));
    else if (event.key === 'Enter' && query !== '' && person) toggle(person);
    else if (event.key === 'Backspace' && query === '' && chosen.length > 0) setChosen(chosen.slice(0, -1));
    else return;
    event.preventDefault();
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (chosen.length === 0 || isBusy) return;
    const name = title.trim();
    if (isGroup && !name) return setProblem({ at: 'title', words: text.create.groupMissing });
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
      <div className={styles.choose}>
        <ul className={styles.chosen} aria-label={text.create.chosen}>
          {chosen.map((person) => (
            <li key={person.id}>
              <button
                type="button"
                className={styles.chip}
                aria-label={text.create.remove(person.name)}
                onClick={() => toggle(person)}
              >
                <bdi>{person.name}</bdi>
                <X aria-hidden="true" />
              </button>
            </li>
          ))}
        </ul>
        <input
          ref={search}
          className={styles.search}
          role="combobox"
          aria-label={text.create.search}
          aria-expanded={found.people.length > 0}
          aria-controls={listId}
          aria-activedescendant={found.people[highlighted] && `${listId}-${highlighted}`}
          placeholder={text.create.search}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {isGroup && (
        <Field
          label={text.create.groupName}
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
      <PeopleFound
        id={listId}
        found={found}
        query={query}
        highlighted={highlighted}
        chosen={chosen}
        onHighlight={setHighlighted}
        onToggle={toggle}
      />
      {problem?.at === 'form' && (
        <p role="alert" className={styles.problem}>
          {problem.words}
        </p>
      )}
      <DialogActions>
        {chosen.length === 1 && !isNaming && (
          <Button look="quiet" onClick={() => setNaming(true)}>
            {text.create.makeGroup}
          </Button>
        )}
        <Button look="primary" type="submit" disabled={chosen.length === 0 || isBusy}>
          {isBusy ? text.create.busy : isGroup ? text.create.createGroup : text.create.start}
        </Button>
      </DialogActions>
    </form>
  );
}
