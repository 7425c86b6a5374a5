/** What other apps share is found as it came, and only so much of it is kept. */
import { expect, test } from 'vitest';
import { findShared, type InboxOptions, keepShared, removeShared } from './inbox.ts';

const ORIGIN = 'https://chat.example';

/** The few functions of a browser's caches that are used, in memory. */
function memoryCaches(): InboxOptions {
  const kept = new Map<string, Response>();
  const urlOf = (request: string | Request) => (typeof request === 'string' ? request : request.url);
  const cache = {
    put: async (url: string, response: Response) => void kept.set(url, response),
    match: async (url: string) => kept.get(url)?.clone(),
    keys: async () => [...kept.keys()].map((url) => new Request(url)),
    delete: async (request: string | Request) => kept.delete(urlOf(request)),
  };
  return { origin: ORIGIN, caches: { open: async () => cache } as unknown as CacheStorage };
}

function shareOf(fields: Readonly<Record<string, string>>, files: readonly File[] = []): Request {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  for (const file of files) form.append('files', file);
  return new Request(`${ORIGIN}/share`, { method: 'POST', body: form });
}

const address = 'https://example.org/ferry';

test.each([
  [{ text: address }, address],
  [{ title: 'A ferry', text: address }, `A ferry\n${address}`],
  [{ title: 'A ferry', text: `A ferry at nine: ${address}`, url: address }, `A ferry at nine: ${address}`],
  [{ title: address, text: address, url: address }, address],
  [{ title: ' ', text: 'two\nlines ' }, 'two\nlines'],
  [{}, ''],
])('of %j the text is what it says, once', async (fields, text) => {
  const inbox = memoryCaches();
  expect(await findShared(await keepShared(shareOf(fields), inbox), inbox)).toEqual({ text, files: [] });
});

test('files keep their bytes, names and types, and empty ones are none', async () => {
  const inbox = memoryCaches();
  const files = [new File(['sea'], 'Übersicht 📎.txt', { type: 'text/plain' }), new File([], 'nothing.txt')];
  const found = await findShared(await keepShared(shareOf({}, files), inbox), inbox);
  expect(found?.files.map(({ name, type }) => [name, type])).toEqual([['Übersicht 📎.txt', 'text/plain']]);
  expect(await found?.files[0]?.text()).toBe('sea');
});

test('it is there until it is removed, and the oldest makes room', async () => {
  const inbox = memoryCaches();
  const keys: string[] = [];
  for (let n = 0; n < 6; n++) keys.push(await keepShared(shareOf({ text: `${n}` }), inbox));
  await removeShared(keys[5] as string, inbox);
  const found = await Promise.all(keys.map(async (key) => (await findShared(key, inbox))?.text));
  expect(found).toEqual([undefined, '1', '2', '3', '4', undefined]);
});
