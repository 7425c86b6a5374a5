/** A message in a list of messages: who, when, the first lines, a press that leads to it, and one thing that can be done with it. */
import type { ReactNode } from 'react';
import { fullTime, shortTime } from '../dates.ts';
import { IconButton } from './Button.tsx';
import styles from './MessageLine.module.css';

export const MessageLines = ({ children }: { children: ReactNode }) => <ul className={styles.list}>{children}</ul>;

/** Who goes through the list by keys stays in it when this line goes. */
function focusBeside(line: Element | null): void {
  const beside = line?.nextElementSibling ?? line?.previousElementSibling;
  beside?.querySelector<HTMLElement>(':scope > button:last-child')?.focus();
}

export function MessageLine({
  title,
  note,
  colour,
  at,
  words,
  isText,
  onOpen,
  action,
}: {
  title: string | undefined;
  /** Where it was said. */
  note?: string | undefined;
  colour: string | undefined;
  at: number | undefined;
  words: string;
  /** The words are its own. */
  isText: boolean;
  onOpen: () => void;
  /** Absent when this person may not. */
  action: { readonly label: string; readonly icon: ReactNode; readonly act: () => void } | undefined;
}) {
  return (
    <li className={styles.line}>
      <button
        type="button"
        className={styles.message}
        style={colour ? { '--person': colour } : undefined}
        onClick={onOpen}
      >
        <span className={styles.head}>
          <span className={styles.title} dir="auto">
            {title}
          </span>
          {note && (
            <span className={styles.note} dir="auto">
              {note}
            </span>
          )}
          {at !== undefined && (
            <time className={styles.time} dateTime={new Date(at).toISOString()} title={fullTime(at)}>
              {shortTime(at, Date.now())}
            </time>
          )}
        </span>
        <span className={styles.words} data-placeholder={!isText || undefined} dir="auto">
          {words}
        </span>
      </button>
      {action && (
        <IconButton
          label={action.label}
          onClick={({ currentTarget }) => {
            focusBeside(currentTarget.closest('li'));
            action.act();
          }}
        >
          {action.icon}
        </IconButton>
      )}
    </li>
  );
}
