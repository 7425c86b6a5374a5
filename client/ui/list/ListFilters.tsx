/** The row above the list: all conversations, unread ones, groups. */
import { text } from '../text.ts';
import styles from './ListFilters.module.css';
import type { ListFilter } from './list-filter.ts';

const FILTERS = ['all', 'unread', 'groups'] as const satisfies readonly ListFilter[];

export const ListFilters = ({ value, onChange }: { value: ListFilter; onChange: (value: ListFilter) => void }) => (
  <fieldset className={styles.filters} aria-label={text.list.filter}>
    {FILTERS.map((filter) => (
      <button
        key={filter}
        type="button"
        className={styles.filter}
        aria-pressed={value === filter}
        onClick={() => onChange(filter)}
      >
        {text.list.filters[filter]}
      </button>
    ))}
  </fieldset>
);
