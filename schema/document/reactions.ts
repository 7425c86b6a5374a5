/**
 * Reactions: a root map of a conversation's document, a key for each person and message, so that one reaction costs some eighty
 * bytes and touches nobody else's. A reaction is taken back by a value without emoji, which tells the message like any other: who reads
 * an entry of the journal need not know the document. Only the server deletes keys, with the message they belong to.
 */
import { type MessageId, parseMessageId, type UserId } from '../ids.ts';
import { MAX_EMOJI_UNITS, MAX_REACTION_EMOJI } from '../limits.ts';

/** The root map. */
export const REACTIONS = 'reactions';

/** What one person gives one message: distinct emoji, in the order in which they were given. */
export interface Reaction {
  readonly on: MessageId;
  readonly emoji: readonly string[];
}

/** One emoji under a message, and who gave it. */
export interface ReactionCount {
  readonly emoji: string;
  readonly users: readonly UserId[];
}

/** Ids of people have no slash. */
export const reactionKey = (user: UserId, on: MessageId): string => `${user}/${on}`;

/** The parts of a key; undefined when it is none. */
export function parseReactionKey(key: string): { user: UserId; on: MessageId } | undefined {
  const slash = key.indexOf('/');
  const on = key.slice(slash + 1) as MessageId;
  return slash > 0 && parseMessageId(on) ? { user: key.slice(0, slash) as UserId, on } : undefined;
}

/**
 * One emoji as UTS #51 puts them together, also of a Unicode to come: a flag, a keycap, or pictographs with their modifiers, joined.
 * Not the list of known sequences, which differs between browsers and servers.
 */
const EMOJI = new RegExp(
  [
    '^(?:\\p{Regional_Indicator}{2}',
    '[0-9#*]\\uFE0F?\\u20E3',
    // Tags spell flags of regions.
    '\\p{Extended_Pictographic}(?:\\p{Emoji_Modifier}|\\uFE0F)?(?:[\\u{E0020}-\\u{E007E}]+\\u{E007F})?' +
      '(?:\\u200D\\p{Extended_Pictographic}(?:\\p{Emoji_Modifier}|\\uFE0F)?)*)$',
  ].join('|'),
  'u',
);

export const isEmoji = (text: string): boolean => text.length <= MAX_EMOJI_UNITS && EMOJI.test(text);

/** Whether a server would let it stand: distinct emoji, few enough. */
export const isSoundReaction = ({ emoji }: Reaction): boolean =>
  emoji.length <= MAX_REACTION_EMOJI && new Set(emoji).size === emoji.length && emoji.every(isEmoji);

/** Sorted by emoji and person: everybody sees the same (P7), and nothing moves when one is added. */
export function countReactions(given: Iterable<readonly [UserId, readonly string[]]>): ReactionCount[] {
  const users = new Map<string, UserId[]>();
  for (const [user, emoji] of given)
    for (const each of emoji) {
      const known = users.get(each);
      if (known) known.push(user);
      else users.set(each, [user]);
    }
  return [...users]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([emoji, people]) => ({ emoji, users: people.sort((a, b) => (a < b ? -1 : 1)) }));
}

/** What a map says, by message. */
export function foldReactions(
  entries: Iterable<readonly [string, Reaction]>,
): ReadonlyMap<MessageId, readonly ReactionCount[]> {
  const given = new Map<MessageId, [UserId, readonly string[]][]>();
  for (const [key, { on, emoji }] of entries) {
    if (emoji.length === 0) continue;
    const one: [UserId, readonly string[]] = [key.slice(0, key.indexOf('/')) as UserId, emoji];
    const known = given.get(on);
    if (known) known.push(one);
    else given.set(on, [one]);
  }
  return new Map([...given].map(([on, each]) => [on, countReactions(each)]));
}

/** What a person's reaction becomes who presses `emoji`: one more, at the cost of the oldest when there are too many, or one less. */
export function toggled(present: readonly string[], emoji: string): readonly string[] {
  if (present.includes(emoji)) return present.filter((one) => one !== emoji);
  return [...present, emoji].slice(-MAX_REACTION_EMOJI);
}
