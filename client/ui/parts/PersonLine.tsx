/** One person in a list of people. */
import { Avatar } from './Avatar.tsx';
import styles from './PersonLine.module.css';

export const PersonLine = ({
  id,
  name,
  picture,
  detail,
}: {
  id: string;
  name: string;
  picture?: string | undefined;
  detail?: string;
}) => (
  <li className={styles.line}>
    <Avatar id={id} name={name} picture={picture} size="small" />
    <bdi className={styles.name}>{name}</bdi>
    {detail && <span className={styles.detail}>{detail}</span>}
  </li>
);
