/**
 * A conversation as one page that needs nothing else: readable without a network or this software, and on paper. Whatever
 * people wrote is text in it, never markup.
 */
import { html, raw } from 'hono/html';
import type { Conversation } from '../../schema/http/conversations.ts';
import type { ExportRow } from './export-rows.ts';

export interface ExportPage {
  readonly conversation: Conversation;
  /** User id → name. */
  readonly people: ReadonlyMap<string, string>;
  readonly pages: AsyncIterable<readonly ExportRow[]>;
  readonly nowMs: number;
  readonly timeZone: string;
}

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
.gone { color: var(--muted); font-style: italic; }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } }
`;

export async function* exportHtml({
  conversation,
  people,
  pages,
  nowMs,
  timeZone,
}: ExportPage): AsyncGenerator<string> {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone });
  const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone });
  const moment = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short', timeZone });
  const nameOf = (user: string): string => people.get(user) ?? 'Somebody who is gone';
  const names = conversation.members.map(({ name }) => name);
  const title = conversation.title ?? names.join(', ');

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
<p><small>${names.join(', ')}<br>Exported ${moment.format(nowMs)}, times in ${timeZone}</small></p>
</header>
<main>
`}`;
  let shownDay = '';
  for await (const rows of pages) {
    let piece = '';
    for (const row of rows) {
      const today = day.format(row.sent_at);
      if (today !== shownDay) piece += `${html`<h2>${today}</h2>\n`}`;
      shownDay = today;
      const quote =
        row.re_sender !== null &&
        html`<blockquote dir="auto"><b>${nameOf(row.re_sender)}</b> ${row.re_body ?? 'Deleted message'}</blockquote>`;
      const words =
        row.body === null
          ? html`<p class="gone">${row.deleted_by === row.sender ? 'Deleted message' : `Deleted by ${nameOf(row.deleted_by ?? '')}`}</p>`
          : html`<p dir="auto">${row.body}</p>`;
      piece += `${html`<article id="${row.id}"><span class="who"><bdi>${nameOf(row.sender)}</bdi></span> <time datetime="${row.sent_at.toISOString()}">${time.format(row.sent_at)}${row.edited_at && ', edited'}</time>${quote || ''}${words}</article>\n`}`;
    }
    yield piece;
  }
  yield '</main>\n</body>\n</html>\n';
}
