/** The row above the list: all conversations, unread ones, groups. */
import { t } from '../../language/translate.ts';
import styles from './ListFilters.module.css';
import type { ListFilter } from './list-filter.ts';

const FILTERS = ['all', 'unread', 'groups'] as const satisfies readonly ListFilter[];

export const ListFilters = ({ value, onChange }: { value: ListFilter; onChange: (value: ListFilter) => void }) => (
  <fieldset className={styles.filters} aria-label={t('list.filter')}>
    {FILTERS.map((filter) => (
      <button
        key={filter}
        type="button"
        className={styles.filter}
        aria-pressed={value === filter}
        onClick={() => onChange(filter)}
      >
        {t(`list.filters.${filter}`)}
      </button>
    ))}
  </fieldset>
);
