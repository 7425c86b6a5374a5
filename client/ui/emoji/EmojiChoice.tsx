/**
 * All emoji by category, with a search, skin tones and the keyboard: arrows move, Enter chooses. Drawn by frimousse, which
 * renders only the rows in view; the data are ours.
 */
import {
  EmojiPicker as Base,
  type EmojiData,
  type EmojiPickerListCategoryHeaderProps,
  type EmojiPickerListEmojiProps,
  type EmojiPickerListRowProps,
} from 'frimousse';
import { type RefObject, useRef, useState } from 'react';
import { locale } from '../../language/locale.ts';
import { t } from '../../language/translate.ts';
import { CategoryBar } from './CategoryBar.tsx';
import styles from './EmojiPicker.module.css';
import { CATEGORIES, loadEmoji } from './emoji-data.ts';
import { RecentEmoji } from './RecentEmoji.tsx';
import { rememberEmoji } from './recent-emoji.ts';
import { SkinTones } from './SkinTones.tsx';
import { readSkinTone } from './skin-tone.ts';

/** As frimousse wants them. Shortcodes are searched as well. */
async function resolveEmojiData(): Promise<EmojiData> {
  const all = await loadEmoji();
  return {
    locale: locale(),
    categories: CATEGORIES.map((category, index) => ({ index, label: t(`emoji.category.${category}`) })),
    emojis: all.map(({ category, tags, shortcodes, ...rest }) => ({
      ...rest,
      category: CATEGORIES.indexOf(category),
      tags: [...tags, ...shortcodes],
    })),
    skinTones: {
      light: t('emoji.skinTones.light'),
      'medium-light': t('emoji.skinTones.medium-light'),
      medium: t('emoji.skinTones.medium'),
      'medium-dark': t('emoji.skinTones.medium-dark'),
      dark: t('emoji.skinTones.dark'),
    },
  };
}

export function EmojiChoice({
  search,
  columns,
  onPick,
}: {
  search: RefObject<HTMLInputElement | null>;
  columns: number;
  onPick: (emoji: string) => void;
}) {
  const [query, setQuery] = useState('');
  const viewport = useRef<HTMLDivElement>(null);
  const pick = (emoji: string) => {
    rememberEmoji(emoji);
    onPick(emoji);
  };
  return (
    <Base.Root
      className={styles.choice}
      locale={locale()}
      columns={columns}
      skinTone={readSkinTone()}
      resolveEmojiData={resolveEmojiData}
      onEmojiSelect={({ emoji }) => pick(emoji)}
    >
      <Base.Search
        ref={search}
        className={styles.search}
        aria-label={t('emoji.search')}
        placeholder={t('emoji.search')}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {query === '' && <CategoryBar viewport={viewport} />}
      {query === '' && <RecentEmoji columns={columns} onPick={pick} />}
      <Base.Viewport ref={viewport} className={styles.viewport} tabIndex={0} aria-label={t('emoji.title')} role="group">
        <Base.Loading className={styles.note}>{t('emoji.loading')}</Base.Loading>
        <Base.Empty className={styles.note}>{({ search: words }) => t('emoji.nothing', { query: words })}</Base.Empty>
        <Base.List className={styles.list} aria-label={t('emoji.title')} components={COMPONENTS} />
      </Base.Viewport>
      <SkinTones />
    </Base.Root>
  );
}

const COMPONENTS = {
  CategoryHeader: ({ category, ...props }: EmojiPickerListCategoryHeaderProps) => (
    <div {...props} className={styles.category}>
      {category.label}
    </div>
  ),
  // Positions begin with 1, and frimousse's with 0; it finds rows by them, except the first.
  Row: ({ 'aria-rowindex': index, children, ...props }: EmojiPickerListRowProps) => (
    <div {...props} {...(index && { 'aria-rowindex': index })} className={styles.row}>
      {children}
    </div>
  ),
  Emoji: ({ emoji, 'aria-colindex': index = 0, ...props }: EmojiPickerListEmojiProps) => (
    <button type="button" {...{ ...props, 'aria-colindex': index + 1 }} className={styles.emoji}>
      {emoji.emoji}
    </button>
  ),
};
