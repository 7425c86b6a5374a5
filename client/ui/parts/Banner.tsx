/** A strip across the page: something that must be seen, and what can be done about it. */
import type { ComponentProps, ReactNode } from 'react';
import styles from './Banner.module.css';
import { Button } from './Button.tsx';

export function Banner({
  look,
  icon,
  words,
  children,
}: {
  /** `offer`: nothing is wrong, and nothing has to be done. */
  look: 'notice' | 'danger' | 'offer';
  icon: ReactNode;
  words: string;
  children?: ReactNode;
}) {
  return (
    <div role={look === 'danger' ? 'alert' : 'status'} className={`${styles.banner} ${styles[look]}`}>
      <span className={styles.icon} aria-hidden="true">
        {icon}
      </span>
      <p className={styles.words}>{words}</p>
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}

/** A button of a banner. */
export const BannerAction = ({ look, ...props }: ComponentProps<typeof Button>) => (
  <Button look={look ?? 'plain'} className={look === 'quiet' ? styles.later : styles.action} {...props} />
);
