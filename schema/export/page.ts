/**
 * A conversation as one page that needs nothing else: readable without a network or this software, and on paper. Servers and
 * devices write the same one. Whatever people wrote is text in it, never markup.
 */
import { html, raw } from 'hono/html';
import { isDeleted, type Message } from '../document/message.ts';
import type { ReactionCount } from '../document/reactions.ts';
import type { MessageId } from '../ids.ts';

/** A row of the page. Times are ms since 1970. */
export interface PageMessage {
  readonly id: string;
  readonly from: string;
  readonly at: number;
  /** null once deleted; then `by` says who did. */
  readonly text: string | null;
  readonly editedAt?: number | undefined;
  readonly isPinned?: boolean | undefined;
  readonly by?: string | undefined;
  readonly files?: readonly { readonly name: string }[] | undefined;
  readonly reactions?: readonly { readonly emoji: string; readonly users: readonly string[] }[] | undefined;
  /** The message this one replies to. */
  readonly quote?: { readonly from: string; readonly text: string | null } | undefined;
}

export interface ExportPage {
  readonly title: string;
  /** What the page covers, under its title. */
  readonly notes: readonly string[];
  /** User id → name. */
  readonly people: ReadonlyMap<string, string>;
  readonly pages: AsyncIterable<readonly PageMessage[]> | Iterable<readonly PageMessage[]>;
  readonly timeZone: string;
}

/** The rows of messages that are all at hand, with what each replies to and what it was given. */
export function pageMessages(
  messages: readonly Message[],
  given: ReadonlyMap<MessageId, readonly ReactionCount[]>,
  pinned: ReadonlySet<MessageId> = new Set(),
): PageMessage[] {
  const known = new Map(messages.map((message) => [message.id, message]));
  return messages.map((message) => {
    if (isDeleted(message)) return { ...message, text: null };
    const row = { ...message, reactions: given.get(message.id), isPinned: pinned.has(message.id) };
    const target = message.re && known.get(message.re);
    if (!target) return row;
    const text = isDeleted(target) ? null : [...target.text].slice(0, MAX_QUOTE_CHARACTERS).join('');
    return { ...row, quote: { from: target.from, text } };
  });
}

/** Of a quoted message as much as tells which one it is. */
export const MAX_QUOTE_CHARACTERS = 160;

/** What a conversation is called in its export. */
export const titleOf = ({ title, members }: { title: string | null; members: readonly { name: string }[] }): string =>
  title ?? namesOf(members);

export const namesOf = (members: readonly { name: string }[]): string => members.map(({ name }) => name).join(', ');

/** A moment as the page writes it. */
export const momentOf = (atMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone }).format(atMs);

const STYLE = `
:root { color-scheme: light dark; --ink: #0f1f26; --muted: #55686f; --line: #d5e0e3; --paper: #fff; --accent: #0b6e80; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eef0; --muted: #9bb0b7; --line: #25363c; --paper: #0f181b; --accent: #58c3d4; }
}
body { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
header { margin-bottom: 2rem; border-bottom: 1px solid var(--line); }
h1 { margin: 0; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 0.5rem; color: var(--muted); font-size: 0.9rem; text-align: center; break-after: avoid; }
article { margin: 0.75rem 0; break-inside: avoid; }
.who { color: var(--accent); font-weight: 600; }
small, time { color: var(--muted); font-size: 0.8rem; }
p { margin: 0.1rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
blockquote { margin: 0.2rem 0 0; padding-inline-start: 0.7rem; border-inline-start: 3px solid var(--line);
  color: var(--muted); overflow-wrap: anywhere; }
p.given { color: var(--muted); font-size: 0.85rem; }
p.file::before { content: '\\1F4CE  '; }
.gone { color: var(--muted); font-style: italic; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } }
`;

export async function* exportHtml({ title, notes, people, pages, timeZone }: ExportPage): AsyncGenerator<string> {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone });
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone });
  const nameOf = (user: string): string => people.get(user) ?? 'Somebody who is gone';

  yield `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1 dir="auto">${title}</h1>
<p><small>${notes.map((note, index) => html`${index > 0 ? html`<br>` : ''}${note}`)}</small></p>
</header>
<main>
`}`;
  let shownDay = '';
  for await (const messages of pages) {
    let piece = '';
    for (const { id, from, at, text, editedAt, isPinned, by, quote, files, reactions } of messages) {
      const today = day.format(at);
      if (today !== shownDay) piece += `${html`<h2>${today}</h2>\n`}`;
      shownDay = today;
      const quoted =
        quote &&
        html`<blockquote dir="auto"><b>${nameOf(quote.from)}</b> ${quote.text ?? 'Deleted message'}</blockquote>`;
      const words =
        text === null
          ? html`<p class="gone">${by === from ? 'Deleted message' : `Deleted by ${nameOf(by ?? '')}`}</p>`
          : html`${(files ?? []).map((file) => html`<p class="file" dir="auto">${file.name}</p>`)}${text && html`<p dir="auto">${text}</p>`}`;
      const given = (reactions ?? []).map(({ emoji, users }) => `${emoji} ${users.map(nameOf).join(', ')}`).join(' · ');
      const below = given && html`<p class="given" dir="auto">${given}</p>`;
      piece += `${html`<article id="${id}"><span class="who"><bdi>${nameOf(from)}</bdi></span> <time datetime="${new Date(at).toISOString()}">${time.format(at)}${editedAt === undefined ? '' : ', edited'}${isPinned ? ', pinned' : ''}</time>${quoted || ''}${words}${below}</article>\n`}`;
    }
    yield piece;
  }
  yield '</main>\n</body>\n</html>\n';
}
