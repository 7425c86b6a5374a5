/** A labelled text field with its hint and its error, tied together for assistive technology. */
import { type ComponentProps, type ReactNode, useId } from 'react';
import styles from './Field.module.css';

export function Field({
  label,
  hint,
  error,
  trailing,
  ...props
}: ComponentProps<'input'> & { label: string; hint?: string; error?: string | undefined; trailing?: ReactNode }) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.box}>
        <input
          id={id}
          className={styles.input}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          {...props}
        />
        {trailing}
      </div>
      {note && (
        <p id={`${id}-note`} className={error ? styles.error : styles.hint}>
          {note}
        </p>
      )}
    </div>
  );
}
