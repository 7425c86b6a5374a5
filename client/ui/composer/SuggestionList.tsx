/** What may take the place of the word before the cursor, above the composer. The keyboard acts through the field. */
import { useEffect, useRef } from 'react';
import { t } from '../../language/translate.ts';
import { Avatar } from '../parts/Avatar.tsx';
import styles from './SuggestionList.module.css';
import type { Suggestions } from './use-suggestions.ts';

export const optionId = (list: string, index: number): string => `${list}-${index}`;

export function SuggestionList({ id, suggestions }: { id: string; suggestions: Suggestions }) {
  const { items, highlighted, highlight, choose } = suggestions;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[highlighted]?.scrollIntoView({ block: 'nearest' });
  }, [highlighted]);
  return (
    <>
      <div className="visually-hidden" role="status">
        {items.length > 0 && t('suggestions.found', { count: items.length })}
      </div>
      {items.length > 0 && (
        <div
          ref={list}
          id={id}
          role="listbox"
          aria-label={t(`suggestions.${items[0]?.person ? 'people' : 'emoji'}`)}
          className={styles.list}
        >
          {items.map(({ key, emoji, person, label }, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard acts through the field
            // biome-ignore lint/a11y/useFocusableInteractive: the highlighted option is named by aria-activedescendant
            <div
              key={key}
              id={optionId(id, index)}
              role="option"
              aria-selected={index === highlighted}
              className={styles.option}
              // The field keeps the focus.
              onPointerDown={(event) => event.preventDefault()}
              onPointerMove={() => index !== highlighted && highlight(index)}
              onClick={() => choose(index)}
            >
              <span className={styles.sign}>{person ? <Avatar {...person} size="tiny" /> : emoji}</span>
              <bdi className={styles.label}>{label}</bdi>
            </div>
          ))}
        </div>
      )}
    </>
  );
}
