/** A round mark for a person or a group: their picture, else initials on a colour that is always the same for the same id. */
import { Users } from 'lucide-react';
import { useObserved } from '../observed.ts';
import { useSession } from '../session.ts';
import styles from './Avatar.module.css';

/** As many `--person-…` colours as `styles/tokens.css` has. */
const COLOURS = 8;

export function personColour(id: string): string {
  let hash = 0;
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) >>> 0;
  return `var(--person-${hash % COLOURS})`;
}

const LETTER = /[\p{L}\p{N}]|\p{Extended_Pictographic}/u;

/** The first letter of the first and of the last word that have one. */
export function initials(name: string): string {
  const letters = name.split(/[\s.@_-]+/u).flatMap((word) => LETTER.exec(word) ?? []);
  const [first = '', ...others] = letters;
  return (first + (others.at(-1) ?? '')).toLocaleUpperCase();
}

export function Avatar({
  id,
  name,
  picture,
  kind = 'person',
  size,
  isOnline = false,
}: {
  id: string;
  name: string;
  /** The id of one; until it is here, and where there is none, the initials stand. */
  picture?: string | undefined;
  kind?: 'person' | 'group';
  size: 'tiny' | 'small' | 'medium' | 'large' | 'huge';
  /** Only a mark: whoever shows it says it in words too. */
  isOnline?: boolean;
}) {
  return (
    <span
      aria-hidden="true"
      className={`${styles.avatar} ${styles[size]} ${kind === 'group' ? styles.group : ''}`}
      // Drawn by the style sheet: text in a button would have to be part of the button's name.
      data-online={isOnline || undefined}
      data-initials={kind === 'person' ? initials(name) : undefined}
      style={{ '--person': personColour(id) }}
    >
      {kind === 'group' && <Users className={styles.icon} />}
      {picture !== undefined && <Portrait picture={picture} />}
    </span>
  );
}

function Portrait({ picture }: { picture: string }) {
  const { pictures } = useSession().messenger;
  const address = useObserved(pictures.of(picture));
  return address && <img className={styles.portrait} src={address} alt="" draggable={false} />;
}
