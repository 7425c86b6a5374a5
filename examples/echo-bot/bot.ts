/**
 * Echoes every message that begins with "echo " where its account is a member. Whenever it is killed it misses nothing and
 * answers nothing twice: the cursor is kept in a file, and a message that is read once more is answered under the same
 * idempotency key.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import createClient from 'openapi-fetch';
import type { components, paths } from '../client/tidewire.ts';

const { TIDEWIRE_URL = 'http://localhost:3000', TIDEWIRE_KEY, CURSOR_FILE = 'echo-bot.cursor' } = process.env;
const POLL_MS = 1_000;

if (!TIDEWIRE_KEY) throw new Error('Set TIDEWIRE_KEY to an API key with the scopes read and write');

const api = createClient<paths>({
  baseUrl: TIDEWIRE_URL,
  headers: { authorization: `Bearer ${TIDEWIRE_KEY}` },
  fetch: askPatiently,
});

/** Asks until there is an answer: servers restart, and rate limits say how long to wait. */
async function askPatiently(request: Request): Promise<Response> {
  for (;;) {
    const response = await fetch(request.clone()).catch((error) => console.error(request.url, error.cause ?? error));
    if (response && response.status < 500 && response.status !== 429) return response;
    await sleep(Number(response?.headers.get('retry-after') ?? 2) * 1_000);
  }
}

async function answer({ conversation, id, from, text, editedAt }: components['schemas']['SyncedMessage']) {
  if (from === me?.id || !text?.startsWith('echo ')) return;
  const { error } = await api.POST('/api/conversations/{id}/messages', {
    // An edited message is another one to answer.
    params: {
      path: { id: conversation },
      header: { 'idempotency-key': `echo ${conversation} ${id} ${editedAt ?? ''}` },
    },
    body: { text: text.slice(5), re: id },
  });
  if (error) console.error(error); // an empty text, or the bot was removed meanwhile
}

/** A file that is renamed is there as a whole, or not yet. */
async function keep(cursor: string): Promise<string> {
  await writeFile(`${CURSOR_FILE}.new`, cursor);
  await rename(`${CURSOR_FILE}.new`, CURSOR_FILE);
  return cursor;
}

const { data: me, error: stranger } = await api.GET('/api/me');
if (!me) throw new Error(`${stranger.title}: ${stranger.detail}`);
// The first time it begins now, not with the history.
let since = await readFile(CURSOR_FILE, 'utf8').catch(() => keep(new Date().toISOString()));
console.log(`Listening as ${me.name}`);
for (;;) {
  const { data: changes, error } = await api.GET('/api/messages/sync', { params: { query: { since } } });
  if (!changes) throw new Error(`${error.title}: ${error.detail}`);
  for (const message of changes.messages) await answer(message);
  since = await keep(changes.cursor);
  if (!changes.more) await sleep(POLL_MS);
}
