/**
 * Mentions as they are typed and as they are sent. In the field stands `@Ana Berg`, as people read it; sent is a link that names the
 * person exactly (`schema/document/plain-text.ts`). Pure.
 */
import { mention } from '../../../schema/document/plain-text.ts';
import type { UserId } from '../../../schema/ids.ts';
import type { ConversationSummary } from '../../conversation/conversation.ts';

type Members = ConversationSummary['members'];

/** What stands in code means nothing. */
const CODE = /(```[\s\S]*?```|`[^`\n]+`)/;
const SENT = /\[@[^[\]\n]{1,300}\]\(user:([A-Za-z0-9_-]{1,64})\)/g;

const escaped = (name: string): string => name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** `chosen` tells people of one name apart, by name; else such a name stays a word. */
export function toSentMentions(
  typed: string,
  members: Members,
  chosen: ReadonlyMap<string, UserId> = new Map(),
): string {
  if (!typed.includes('@') || members.length === 0) return typed;
  // The longest first: Ana Berg is not Ana.
  const names = [...new Set(members.map(({ name }) => name))].sort((a, b) => b.length - a.length);
  const typedName = new RegExp(`(?<![\\p{L}\\p{N}_.@[])@(${names.map(escaped).join('|')})(?![\\p{L}\\p{N}_])`, 'gu');
  const link = (words: string, name: string): string => {
    const named = members.filter((member) => member.name === name);
    const user = chosen.get(name) ?? (named.length === 1 ? named[0]?.id : undefined);
    return user ? mention(user, name) : words;
  };
  return typed
    .split(CODE)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(typedName, link)))
    .join('');
}

/** Those who are not members any more, or share their name, stay as they were sent: an edit must not lose whom it meant. */
export const toTypedMentions = (sent: string, members: Members): string =>
  sent.replace(SENT, (link, user: string) => {
    const name = members.find(({ id }) => id === user)?.name;
    return name !== undefined && members.filter((member) => member.name === name).length === 1 ? `@${name}` : link;
  });
