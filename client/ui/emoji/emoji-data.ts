/**
 * All emoji with their names, words to find them by and shortcodes. A file of the app's own, loaded when somebody first
 * looks for one, and kept by the service worker, so that it is there without a network.
 */
import { insist } from '../parts/lazily.tsx';
import { emojiPattern } from './emoji-pattern.ts';
import type { SkinTone } from './skin-tone.ts';

export interface Emoji {
  /** Without a skin tone. */
  readonly emoji: string;
  readonly label: string;
  readonly category: EmojiCategory;
  /** Of the Emoji standard, such as 15.1. */
  readonly version: number;
  readonly tags: readonly string[];
  /** As on GitHub, without colons, the usual one first. */
  readonly shortcodes: readonly string[];
  readonly skins?: Readonly<Record<Exclude<SkinTone, 'none'>, string>> | undefined;
}

export type EmojiCategory = (typeof CATEGORIES)[number];

export const CATEGORIES = [
  'smileys',
  'people',
  'animals',
  'food',
  'travel',
  'activities',
  'objects',
  'symbols',
  'flags',
] as const;

/** In the order of the data's groups; 2 has parts of emoji, such as skin tones alone. */
const GROUPS = [...CATEGORIES.slice(0, 2), undefined, ...CATEGORIES.slice(2)];

/** What is used of an entry of the package's data. */
interface Entry {
  readonly hexcode: string;
  readonly emoji: string;
  readonly label: string;
  readonly version: number;
  readonly group?: number;
  readonly tags?: readonly string[];
  /** `tone` is an array where two people have different ones. */
  readonly skins?: readonly { readonly emoji: string; readonly tone?: number | readonly number[] }[];
}

const TONES = ['light', 'medium-light', 'medium', 'medium-dark', 'dark'] as const;

let loading: Promise<readonly Emoji[]> | undefined;
let loaded: readonly Emoji[] | undefined;

/** Never rejects. */
export function loadEmoji(): Promise<readonly Emoji[]> {
  loading ??= insist(async () => {
    const [data, shortcodes] = await Promise.all([
      import('emojibase-data/en/data.json'),
      import('emojibase-data/en/shortcodes/github.json'),
    ]);
    loaded = readEmoji(
      data.default as unknown as readonly Entry[],
      shortcodes.default as Readonly<Record<string, string | readonly string[]>>,
    );
    return loaded;
  });
  return loading;
}

/** Undefined until `loadEmoji` has resolved once. */
export const presentEmoji = (): readonly Emoji[] | undefined => loaded;

function readEmoji(
  entries: readonly Entry[],
  shortcodes: Readonly<Record<string, string | readonly string[]>>,
): readonly Emoji[] {
  return entries.flatMap(({ hexcode, emoji, label, version, group, tags = [], skins }): Emoji[] => {
    const category = group === undefined ? undefined : GROUPS[group];
    if (!category || !isKnownHere(emoji)) return [];
    const codes = shortcodes[hexcode] ?? [];
    return [
      {
        ...{ emoji: plain(emoji), label, category, version, tags },
        shortcodes: typeof codes === 'string' ? [codes] : codes,
        skins: skins && readSkins(skins),
      },
    ];
  });
}

function readSkins(skins: NonNullable<Entry['skins']>): Emoji['skins'] {
  const found = TONES.flatMap((tone, index) => {
    const skin = skins.find((each) => each.tone === index + 1);
    return skin ? [[tone, plain(skin.emoji)]] : [];
  });
  return found.length === TONES.length ? Object.fromEntries(found) : undefined;
}

/** The data ask for the coloured form also of what has no other: as keyboards write it, one emoji is one text. */
const plain = (emoji: string): string => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1');

/** Where the browser cannot tell, the newest emoji are boxes. */
const KNOWN = emojiPattern('^\\p{RGI_Emoji}$');

const isKnownHere = (emoji: string): boolean => KNOWN?.test(plain(emoji)) ?? true;
