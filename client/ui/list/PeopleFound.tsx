/** The people a search found, as the listbox of its combobox; says why when there are none. */
import { Check } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { t } from '../../language/translate.ts';
import { Avatar } from '../parts/Avatar.tsx';
import { describeRequest } from '../problems.ts';
import styles from './NewConversation.module.css';
import type { PeopleSearch, Person } from './use-people.ts';

export function PeopleFound({
  id,
  found,
  query,
  highlighted,
  chosen,
  isIn,
  onHighlight,
  onToggle,
}: {
  id: string;
  found: PeopleSearch;
  query: string;
  highlighted: number;
  chosen: readonly Person[];
  /** Shown, and not to be chosen. */
  isIn?: ((id: string) => boolean) | undefined;
  onHighlight: (index: number) => void;
  onToggle: (person: Person) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[highlighted]?.scrollIntoView({ block: 'nearest' });
  }, [highlighted]);
  const words = describe(found, query.trim());
  return (
    <div className={styles.results}>
      <div
        ref={list}
        id={id}
        role="listbox"
        className={styles.people}
        aria-label={t('create.results')}
        aria-multiselectable="true"
      >
        {found.people.map((person, index) => {
          const isChosen = chosen.some((one) => one.id === person.id);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard acts through the combobox
            // biome-ignore lint/a11y/useFocusableInteractive: the highlighted option is named by aria-activedescendant
            <div
              key={person.id}
              id={`${id}-${index}`}
              role="option"
              aria-selected={isChosen}
              aria-disabled={isIn?.(person.id)}
              className={styles.person}
              data-highlighted={index === highlighted || undefined}
              onPointerMove={() => index !== highlighted && onHighlight(index)}
              onClick={() => onToggle(person)}
            >
              <Avatar id={person.id} name={person.name} picture={person.picture} size="medium" />
              <bdi className={styles.name}>{person.name}</bdi>
              {isIn?.(person.id) && <span className={styles.in}>{t('create.isIn')}</span>}
              {isChosen && <Check aria-hidden="true" />}
            </div>
          );
        })}
      </div>
      <p role="status" className={styles.note}>
        {words}
      </p>
    </div>
  );
}

function describe(found: PeopleSearch, query: string): string {
  if (found.failure) return describeRequest(found.failure);
  if (found.people.length > 0) return '';
  if (found.state === 'idle') return t('create.hint');
  return found.state === 'searching' ? t('create.searching') : t('create.nobody', { query });
}
