/**
 * Echoes every message that begins with "echo " where its account is a member. Plain Node and the HTTP API, nothing to install.
 * Whenever it is killed it misses nothing and answers nothing twice: the cursor is kept in a file, and a message that is read once
 * more is answered under the same idempotency key.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const { TIDEWIRE_URL = 'http://localhost:3000', TIDEWIRE_KEY, CURSOR_FILE = 'echo-bot.cursor' } = process.env;
const POLL_MS = 1_000;

if (!TIDEWIRE_KEY) throw new Error('Set TIDEWIRE_KEY to an API key with the scopes read and write');

/** Asks until there is an answer: servers restart, and rate limits say how long to wait. */
async function ask(method, path, { body, headers } = {}) {
  for (;;) {
    const response = await fetch(new URL(path, TIDEWIRE_URL), {
      method,
      headers: { authorization: `Bearer ${TIDEWIRE_KEY}`, 'content-type': 'application/json', ...headers },
      body: body && JSON.stringify(body),
    }).catch((error) => console.error(`${method} ${path}: ${error.cause?.code ?? error.message}`));
    if (response?.ok) return response.json();
    if (response && response.status < 500 && response.status !== 429)
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    await sleep(Number(response?.headers.get('retry-after') ?? 2) * 1_000);
  }
}

async function answer({ conversation, id, from, text, editedAt }) {
  if (from === me.id || !text?.startsWith('echo ')) return;
  // An edited message is another one to answer.
  const headers = { 'idempotency-key': `echo ${conversation} ${id} ${editedAt ?? ''}` };
  try {
    await ask('POST', `/api/conversations/${conversation}/messages`, {
      body: { text: text.slice(5), re: id },
      headers,
    });
  } catch (error) {
    console.error(error.message); // refused: an empty text, or the bot was removed meanwhile
  }
}

/** A file that is renamed is there as a whole, or not yet. */
async function keep(cursor) {
  await writeFile(`${CURSOR_FILE}.new`, cursor);
  await rename(`${CURSOR_FILE}.new`, CURSOR_FILE);
  since = cursor;
}

const me = await ask('GET', '/api/me');
let since = await readFile(CURSOR_FILE, 'utf8').catch(() => undefined);
// The first time it begins now, not with the history.
if (since === undefined) await keep(new Date().toISOString());
console.log(`Listening as ${me.name}`);
for (;;) {
  const { messages, cursor, more } = await ask('GET', `/api/messages/sync?since=${encodeURIComponent(since)}`);
  for (const message of messages) await answer(message);
  await keep(cursor);
  if (!more) await sleep(POLL_MS);
}
