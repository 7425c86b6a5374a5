/** The button of the composer that opens the emoji. What was chosen stands in the field at once, and the field has the focus again. */
import { Smile } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../language/translate.ts';
import { EmojiPicker } from '../emoji/EmojiPicker.tsx';
import { IconButton } from '../parts/Button.tsx';
import styles from './Composer.module.css';

export function EmojiButton({
  field,
  onPick,
}: {
  field: { readonly current: HTMLTextAreaElement | null };
  onPick: (emoji: string) => void;
}) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  return (
    <>
      <IconButton
        label={t('emoji.title')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== undefined}
        className={styles.inside ?? ''}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Smile />
      </IconButton>
      <EmojiPicker
        anchor={anchor}
        onPick={(emoji) => {
          setAnchor(undefined);
          onPick(emoji);
        }}
        onClose={() => setAnchor(undefined)}
        returnFocus={() => field.current}
      />
    </>
  );
}
