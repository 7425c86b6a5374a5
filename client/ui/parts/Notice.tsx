/** The quiet page of an empty, absent or impossible state: a mark, a sentence, and what to do. */
import type { ReactNode } from 'react';
import styles from './Notice.module.css';

export function Notice({
  icon,
  title,
  hint,
  children,
}: {
  icon: ReactNode;
  title: string;
  hint: string;
  children?: ReactNode;
}) {
  return (
    <div className={styles.notice}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <p className={styles.title}>{title}</p>
      <p className={styles.hint}>{hint}</p>
      {children}
    </div>
  );
}
