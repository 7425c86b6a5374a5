/** Goes to a category of emoji. */
import { Bus, Flag, Hand, Heart, Leaf, Lightbulb, Smile, Trophy, Utensils } from 'lucide-react';
import type { RefObject } from 'react';
import { t } from '../../language/translate.ts';
import styles from './EmojiPicker.module.css';
import { CATEGORIES } from './emoji-data.ts';

const ICONS = {
  ...{ smileys: Smile, people: Hand, animals: Leaf, food: Utensils, travel: Bus },
  ...{ activities: Trophy, objects: Lightbulb, symbols: Heart, flags: Flag },
} as const;

export function CategoryBar({ viewport }: { viewport: RefObject<HTMLDivElement | null> }) {
  const show = (index: number) => {
    // The one that only measures comes first, hidden.
    const places = viewport.current?.querySelectorAll<HTMLElement>('[frimousse-category]:not([aria-hidden] *)');
    viewport.current?.scrollTo({ top: places?.[index]?.offsetTop ?? 0 });
  };
  return (
    <nav aria-label={t('emoji.categories')} className={styles.categories}>
      {CATEGORIES.map((category, index) => {
        const Icon = ICONS[category];
        const label = t(`emoji.category.${category}`);
        return (
          <button key={category} type="button" aria-label={label} data-tooltip={label} onClick={() => show(index)}>
            <Icon aria-hidden="true" />
          </button>
        );
      })}
    </nav>
  );
}
