/** A labelled field for several lines, with its hint. */
import { type ComponentProps, useId } from 'react';
import styles from './Field.module.css';

export function TextArea({ label, hint, ...props }: ComponentProps<'textarea'> & { label: string; hint: string }) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.box}>
        <textarea
          id={id}
          className={`${styles.input} ${styles.area}`}
          dir="auto"
          aria-describedby={`${id}-note`}
          {...props}
        />
      </div>
      <p id={`${id}-note`} className={styles.hint}>
        {hint}
      </p>
    </div>
  );
}
