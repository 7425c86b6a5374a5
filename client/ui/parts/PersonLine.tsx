/** One person in a list of people. */
import { Avatar } from './Avatar.tsx';
import styles from './PersonLine.module.css';

export const PersonLine = ({ id, name, detail }: { id: string; name: string; detail?: string }) => (
  <li className={styles.line}>
    <Avatar id={id} name={name} size="small" />
    <bdi className={styles.name}>{name}</bdi>
    {detail && <span className={styles.detail}>{detail}</span>}
  </li>
);
