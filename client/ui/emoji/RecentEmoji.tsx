/** The emoji chosen last, above all others: one Tab stop, arrows move inside. What is chosen meanwhile comes next time. */
import { type KeyboardEvent, useState } from 'react';
import { t } from '../../language/translate.ts';
import styles from './EmojiPicker.module.css';
import { readRecentEmoji } from './recent-emoji.ts';

export function RecentEmoji({ columns, onPick }: { columns: number; onPick: (emoji: string) => void }) {
  const [recent] = useState(() => readRecentEmoji().slice(0, columns));
  const [tabStop, setTabStop] = useState(0);
  if (recent.length === 0) return null;

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // Frimousse listens to the document, for the emoji below.
    if (event.key === 'Enter') event.stopPropagation();
    const side = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (side === 0) return;
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const next = event.currentTarget.children[tabStop + (isRtl ? -side : side)];
    event.preventDefault();
    if (next instanceof HTMLElement) next.focus();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields
    <div role="group" aria-label={t('emoji.recent')} className={styles.recent} onKeyDown={onKeyDown}>
      {recent.map((emoji, index) => (
        <button
          key={emoji}
          type="button"
          tabIndex={index === tabStop ? 0 : -1}
          className={styles.emoji}
          style={{ '--frimousse-list-columns': columns }}
          onFocus={() => setTabStop(index)}
          onClick={() => onPick(emoji)}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}
