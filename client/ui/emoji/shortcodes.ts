/** Finding emoji by the names that stand between colons, as in `:wave:`. Pure. */
import type { Emoji } from './emoji-data.ts';
import type { SkinTone } from './skin-tone.ts';

export interface FoundEmoji {
  readonly shortcode: string;
  /** In the preferred skin tone. */
  readonly emoji: string;
  readonly label: string;
}

const inTone = ({ emoji, skins }: Emoji, tone: SkinTone): string => (tone !== 'none' && skins?.[tone]) || emoji;

/** Those whose shortcode begins with the query come first, the shortest of them before others, then those that contain it. */
export function findByShortcode(
  all: readonly Emoji[],
  query: string,
  { tone, most }: { tone: SkinTone; most: number },
): readonly FoundEmoji[] {
  const wanted = query.toLowerCase();
  const begins: FoundEmoji[] = [];
  const contains: FoundEmoji[] = [];
  for (const each of all) {
    const starting = each.shortcodes.find((code) => code.startsWith(wanted));
    const shortcode = starting ?? each.shortcodes.find((code) => code.includes(wanted));
    if (shortcode === undefined) continue;
    const found = { shortcode, emoji: inTone(each, tone), label: each.label };
    if (starting !== undefined) begins.push(found);
    else if (contains.length < most) contains.push(found);
  }
  begins.sort((a, b) => a.shortcode.length - b.shortcode.length);
  return [...begins, ...contains].slice(0, most);
}

/** The emoji with exactly this shortcode. */
export function exactEmoji(all: readonly Emoji[], shortcode: string, tone: SkinTone): string | undefined {
  const wanted = shortcode.toLowerCase();
  const found = all.find(({ shortcodes }) => shortcodes.includes(wanted));
  return found && inTone(found, tone);
}
