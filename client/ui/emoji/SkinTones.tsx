/** The choice of a skin tone, for all emoji that have some, remembered on this device. */
import { useSkinTone } from 'frimousse';
import { useId } from 'react';
import { t } from '../../language/translate.ts';
import styles from './EmojiPicker.module.css';
import { rememberSkinTone } from './skin-tone.ts';

export function SkinTones() {
  const [chosen, choose, variations] = useSkinTone('✋');
  const name = useId();
  return (
    <div role="radiogroup" aria-label={t('emoji.skinTone')} className={styles.tones}>
      {variations.map(({ skinTone, emoji }) => (
        <label key={skinTone} className={styles.tone} data-tooltip={t(`emoji.skinTones.${skinTone}`)}>
          <input
            type="radio"
            name={name}
            checked={skinTone === chosen}
            aria-label={t(`emoji.skinTones.${skinTone}`)}
            onChange={() => {
              choose(skinTone);
              rememberSkinTone(skinTone);
            }}
          />
          <span aria-hidden="true">{emoji}</span>
        </label>
      ))}
    </div>
  );
}
