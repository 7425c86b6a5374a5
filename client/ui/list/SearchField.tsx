/** The one search field: Ctrl+K (⌘K) comes here from anywhere, Escape empties it and, once empty, leaves it. */
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { IconButton } from '../parts/Button.tsx';
import { text } from '../text.ts';
import styles from './SearchField.module.css';

export function SearchField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);

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
    if (value === '') input.current?.blur();
    else onChange('');
  };

  return (
    <search className={styles.search}>
      <Search aria-hidden="true" />
      <input
        ref={input}
        type="search"
        aria-label={text.search.label}
        aria-keyshortcuts="Control+K Meta+K"
        placeholder={text.search.placeholder}
        enterKeyHint="search"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={leave}
      />
      {value && (
        <IconButton
          label={text.search.clear}
          onClick={() => {
            onChange('');
            input.current?.focus();
          }}
          className={styles.clear ?? ''}
        >
          <X />
        </IconButton>
      )}
    </search>
  );
}
