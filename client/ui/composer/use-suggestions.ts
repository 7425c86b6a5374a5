/**
 * Suggestions for the word before the cursor: what they are, which one is highlighted, and the keys that choose. Nothing is looked
 * for unless a word asks for it, and nobody waits: emoji are loaded when the first one is asked for.
 */
import { type KeyboardEvent, type RefObject, useEffect, useMemo, useState } from 'react';
import type { UserId } from '../../../schema/ids.ts';
import { type Emoji, loadEmoji, presentEmoji } from '../emoji/emoji-data.ts';
import { exactEmoji, findByShortcode } from '../emoji/shortcodes.ts';
import { readSkinTone } from '../emoji/skin-tone.ts';
import { matchesName } from '../name-match.ts';
import { closedShortcode, findTrigger, type Trigger } from './trigger.ts';

export interface Suggestion {
  readonly key: string;
  /** What it puts in the place of the word. */
  readonly inserts: string;
  readonly label: string;
  readonly emoji?: string;
  readonly person?: Person;
}

interface Person {
  readonly id: UserId;
  readonly name: string;
  readonly picture?: string | undefined;
}

export interface Suggestions {
  readonly items: readonly Suggestion[];
  readonly highlighted: number;
  readonly highlight: (index: number) => void;
  readonly choose: (index: number) => void;
  /** The text or the cursor has changed. */
  readonly look: () => void;
  /** True when the key was theirs. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
}

const MOST = 6;

export function useSuggestions({
  field,
  people,
  replace,
  onMention,
}: {
  field: RefObject<HTMLTextAreaElement | null>;
  /** Who can be mentioned. */
  people: readonly Person[];
  /** Puts `words` in the place of what stands between two places of the field. */
  replace: (start: number, end: number, words: string) => void;
  onMention: (person: Person) => void;
}): Suggestions {
  const [trigger, setTrigger] = useState<Trigger>();
  const [highlighted, setHighlighted] = useState(0);
  /** Escape was pressed for the word that begins here. */
  const [dismissed, setDismissed] = useState<number>();
  const [emoji, setEmoji] = useState(presentEmoji);

  const wantsEmoji = trigger?.is === 'emoji' && !emoji;
  useEffect(() => {
    if (!wantsEmoji) return;
    let isWanted = true;
    void loadEmoji().then((all) => isWanted && setEmoji(all));
    return () => {
      isWanted = false;
    };
  }, [wantsEmoji]);

  const items = useMemo((): readonly Suggestion[] => {
    if (!trigger || trigger.start === dismissed) return [];
    return trigger.is === 'emoji' ? suggestEmoji(emoji ?? [], trigger.query) : suggestPeople(people, trigger.query);
  }, [trigger, dismissed, emoji, people]);

  const look = () => {
    const element = field.current;
    if (!element) return;
    const isCursor = element.selectionStart === element.selectionEnd;
    const next = isCursor ? findTrigger(element.value, element.selectionStart) : undefined;
    if (next?.is === trigger?.is && next?.query === trigger?.query && next?.start === trigger?.start) return;
    setTrigger(next);
    setHighlighted(0);
    if (next?.start !== dismissed) setDismissed(undefined);
  };

  const choose = (index: number) => {
    const chosen = items[index];
    if (!chosen || !trigger) return;
    replace(trigger.start, trigger.start + 1 + trigger.query.length, chosen.inserts);
    if (chosen.person) onMention(chosen.person);
    setTrigger(undefined);
  };

  return {
    items,
    highlighted,
    highlight: setHighlighted,
    choose,
    look,
    onKeyDown(event) {
      if (items.length === 0 || event.shiftKey || event.altKey || event.ctrlKey || event.metaKey) return false;
      if (event.key === 'ArrowDown') setHighlighted((highlighted + 1) % items.length);
      else if (event.key === 'ArrowUp') setHighlighted((highlighted + items.length - 1) % items.length);
      else if (event.key === 'Enter' || event.key === 'Tab') choose(highlighted);
      else if (event.key === 'Escape') setDismissed(trigger?.start);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

const suggestEmoji = (all: readonly Emoji[], query: string): readonly Suggestion[] =>
  findByShortcode(all, query, { tone: readSkinTone(), most: MOST }).map(({ shortcode, emoji }) => ({
    ...{ key: shortcode, inserts: `${emoji} `, label: `:${shortcode}:`, emoji },
  }));

const suggestPeople = (people: readonly Person[], query: string): readonly Suggestion[] => {
  const isNamed = matchesName(query);
  const found = people.filter(({ name }) => isNamed(name)).slice(0, MOST);
  return found.map(({ id, name }) => ({ key: id, inserts: `@${name} `, label: name, person: { id, name } }));
};

/** `:wave:`, once its second colon is typed, as the emoji that it names; undefined when it names none, or the emoji are not there yet. */
export function emojiOfShortcode(text: string, cursor: number): { emoji: string; start: number } | undefined {
  const all = presentEmoji();
  const closed = all && closedShortcode(text, cursor);
  if (!closed) return undefined;
  const emoji = exactEmoji(all, closed.shortcode, readSkinTone());
  return emoji === undefined ? undefined : { emoji, start: closed.start };
}
