/**
 * Choosing people by name: a search field that is a combobox, with the chosen ones before it. Arrow keys move through the
 * people found, Enter chooses, Backspace in the empty field takes the last one back.
 */
import { X } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useState } from 'react';
import { t } from '../../language/translate.ts';
import { useSession } from '../session.ts';
import styles from './NewConversation.module.css';
import { PeopleFound } from './PeopleFound.tsx';
import { type Person, usePeople } from './use-people.ts';

export function PeoplePicker({
  search,
  chosen,
  onChange,
  isIn,
  children,
}: {
  search: RefObject<HTMLInputElement | null>;
  chosen: readonly Person[];
  onChange: (chosen: readonly Person[]) => void;
  /** Who need not be chosen any more. */
  isIn?: (id: string) => boolean;
  /** Stands between the field and what it finds. */
  children?: ReactNode;
}) {
  const { messenger } = useSession();
  const [query, setQuery] = useState('');
  const [highlighted, setHighlighted] = useState(0);
  const listId = useId();
  const found = usePeople(messenger, query);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another query begins at its first result
  useEffect(() => setHighlighted(0), [query]);

  // Whoever was chosen may have pushed the field out of sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each choice
  useEffect(() => {
    search.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const toggle = (person: Person) => {
    if (isIn?.(person.id)) return;
    const isChosen = chosen.some((one) => one.id === person.id);
    onChange(isChosen ? chosen.filter((one) => one.id !== person.id) : [...chosen, person]);
    setQuery('');
    search.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const person = found.people[highlighted];
    if (event.key === 'ArrowDown') setHighlighted(Math.min(highlighted + 1, found.people.length - 1));
    else if (event.key === 'ArrowUp') setHighlighted(Math.max(highlighted - 1, 0));
    else if (event.key === 'Enter' && query !== '' && person) toggle(person);
    else if (event.key === 'Backspace' && query === '' && chosen.length > 0) onChange(chosen.slice(0, -1));
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className={styles.choose}>
        <ul className={styles.chosen} aria-label={t('create.chosen')}>
          {chosen.map((person) => (
            <li key={person.id}>
              <button
                type="button"
                className={styles.chip}
                aria-label={t('create.remove', { name: person.name })}
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
          aria-label={t('create.search')}
          aria-expanded={found.people.length > 0}
          aria-controls={listId}
          aria-activedescendant={found.people[highlighted] && `${listId}-${highlighted}`}
          placeholder={t('create.search')}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {children}
      <PeopleFound
        id={listId}
        found={found}
        query={query}
        highlighted={highlighted}
        chosen={chosen}
        isIn={isIn}
        onHighlight={setHighlighted}
        onToggle={toggle}
      />
    </>
  );
}
