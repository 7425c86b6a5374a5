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
import { locale, text } from '../text.ts';
import { CategoryBar } from './CategoryBar.tsx';
import styles from './EmojiPicker.module.css';
import { CATEGORIES, loadEmoji } from './emoji-data.ts';
import { SkinTones } from './SkinTones.tsx';
import { readSkinTone } from './skin-tone.ts';

/** As frimousse wants them. Shortcodes are searched as well. */
async function resolveEmojiData(): Promise<EmojiData> {
  const all = await loadEmoji();
  const { none: _, ...skinTones } = text.emoji.skinTones;
  return {
    locale,
    categories: CATEGORIES.map((category, index) => ({ index, label: text.emoji.category[category] })),
    emojis: all.map(({ category, tags, shortcodes, ...rest }) => ({
      ...rest,
      category: CATEGORIES.indexOf(category),
      tags: [...tags, ...shortcodes],
    })),
    skinTones,
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
  return (
    <Base.Root
      className={styles.choice}
      locale={locale}
      columns={columns}
      skinTone={readSkinTone()}
      resolveEmojiData={resolveEmojiData}
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <Base.Search
        ref={search}
        className={styles.search}
        aria-label={text.emoji.search}
        placeholder={text.emoji.search}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {query === '' && <CategoryBar viewport={viewport} />}
      <Base.Viewport ref={viewport} className={styles.viewport} tabIndex={0} aria-label={text.emoji.title} role="group">
        <Base.Loading className={styles.note}>{text.emoji.loading}</Base.Loading>
        <Base.Empty className={styles.note}>{({ search: words }) => text.emoji.nothing(words)}</Base.Empty>
        <Base.List className={styles.list} aria-label={text.emoji.title} components={COMPONENTS} />
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
