/** A link in a message, which leads away from the app and tells the other side nothing. */
import type { ReactNode } from 'react';
import styles from './MessageText.module.css';

export const MessageLink = ({
  href,
  isTabbable,
  title,
  children,
}: {
  href: string;
  isTabbable: boolean;
  title?: string | undefined;
  children: ReactNode;
}) => (
  <a
    href={href}
    title={title}
    target="_blank"
    rel="noopener noreferrer nofollow"
    tabIndex={isTabbable ? 0 : -1}
    className={styles.link}
  >
    {children}
  </a>
);
