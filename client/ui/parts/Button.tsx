/** The two kinds of buttons: with words, and with an icon whose words are its label and tooltip. */
import type { ComponentProps, ReactNode } from 'react';
import styles from './Button.module.css';

type Look = 'primary' | 'plain' | 'quiet' | 'danger';

/** While it is disabled it does nothing, but keeps the focus: it may be so only until what it began is done. */
export function Button({
  look = 'plain',
  className,
  disabled,
  onClick,
  ...props
}: ComponentProps<'button'> & { look?: Look }) {
  return (
    <button
      type="button"
      className={`${styles.button} ${styles[look]} ${className ?? ''}`}
      aria-disabled={disabled || undefined}
      onClick={disabled ? (event) => event.preventDefault() : onClick}
      {...props}
    />
  );
}

/** The tooltip is drawn by `Tooltips`, one for the whole app. */
export function IconButton({
  label,
  children,
  className,
  ...props
}: ComponentProps<'button'> & { label: string; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      data-tooltip={label}
      className={`${styles.icon} ${className ?? ''}`}
      {...props}
    >
      {children}
    </button>
  );
}
