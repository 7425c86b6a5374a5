/** A round mark for a person or a group: initials on a colour that is always the same for the same id. */
import { Users } from 'lucide-react';
import styles from './Avatar.module.css';

/** As many `--person-…` colours as `styles/tokens.css` has. */
const COLOURS = 8;

export function personColour(id: string): string {
  let hash = 0;
  for (let index = 0; index < id.length; index++) hash = (hash * 31 + id.charCodeAt(index)) >>> 0;
  return `var(--person-${hash % COLOURS})`;
}

/** The first character of the first and the last word. */
export function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/u).filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

export function Avatar({
  id,
  name,
  kind = 'person',
  size,
}: {
  id: string;
  name: string;
  kind?: 'person' | 'group';
  size: 'tiny' | 'small' | 'medium' | 'large';
}) {
  return (
    <span
      aria-hidden="true"
      className={`${styles.avatar} ${styles[size]} ${kind === 'group' ? styles.group : ''}`}
      // Drawn by the style sheet: text in a button would have to be part of the button's name.
      data-initials={kind === 'person' ? initials(name) : undefined}
      style={{ '--person': personColour(id) }}
    >
      {kind === 'group' && <Users className={styles.icon} />}
    </span>
  );
}
