/**
 * The one search field: Ctrl+K (⌘K) comes here from anywhere; Escape empties it, then looks everywhere again, then leaves. A
 * conversation that is searched alone is named below, with a way out.
 */
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { ConversationSummary } from '../../conversation/conversation.ts';
import { t } from '../../language/translate.ts';
import { endLaunch, useLaunch } from '../launch.ts';
import { IconButton } from '../parts/Button.tsx';
import styles from './SearchField.module.css';
import { searchEverywhere, useSearchScope } from './search-scope.ts';

export function SearchField({
  value,
  within,
  onChange,
}: {
  value: string;
  within: ConversationSummary | undefined;
  onChange: (value: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const scope = useSearchScope();
  const launch = useLaunch();

  useEffect(() => {
    if (scope) input.current?.focus();
  }, [scope]);

  useEffect(() => {
    if (launch?.is !== 'search') return;
    input.current?.focus();
    endLaunch();
  }, [launch]);

  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent) => {
      const isOurs =
        (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k';
      // Nowhere to go while a dialog is open, or a narrow screen shows a conversation.
      if (
        !isOurs ||
        input.current?.checkVisibility() !== true ||
        input.current.closest('[inert], [aria-hidden="true"]')
      )
        return;
      event.preventDefault();
      input.current.focus();
      input.current.select();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);

  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    if (value !== '') onChange('');
    else if (within) searchEverywhere();
    else input.current?.blur();
  };

  return (
    <search className={styles.search}>
      <div className={styles.field}>
        <Search aria-hidden="true" />
        <input
          ref={input}
          type="search"
          aria-label={within ? t('search.labelWithin', { title: within.title }) : t('search.label')}
          aria-keyshortcuts="Control+K Meta+K"
          placeholder={t('search.placeholder')}
          enterKeyHint="search"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={leave}
        />
        {value && (
          <IconButton
            label={t('search.clear')}
            onClick={() => {
              onChange('');
              input.current?.focus();
            }}
            className={styles.clear ?? ''}
          >
            <X />
          </IconButton>
        )}
      </div>
      {within && (
        <button
          type="button"
          className={styles.scope}
          aria-label={t('search.leave', { title: within.title })}
          onClick={searchEverywhere}
        >
          <span>{t('search.within')}</span> <bdi>{within.title}</bdi>
          <X aria-hidden="true" />
        </button>
      )}
    </search>
  );
}
