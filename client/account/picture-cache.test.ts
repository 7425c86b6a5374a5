/** Pictures are fetched once, are there without a network, and leave the device when nobody wears them any more. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PictureCache } from './picture-cache.ts';

const ORIGIN = 'https://chat.example';

/** What is used of the Cache API, in memory. */
function memoryCaches() {
  const kept = new Map<string, Response>();
  const cache = {
    match: async (url: string) => kept.get(url)?.clone(),
    put: async (url: string, response: Response) => void kept.set(url, response),
    keys: async () => [...kept.keys()].map((url) => ({ url })),
    delete: async ({ url }: { url: string }) => kept.delete(url),
  };
  return { kept, caches: { open: async () => cache, delete: async () => kept.clear() } as unknown as CacheStorage };
}

function start({ kept, caches }: ReturnType<typeof memoryCaches>) {
  const server = { isUp: true, asked: [] as string[] };
  const fetch = async (url: string) => {
    server.asked.push(url);
    if (!server.isUp) throw new TypeError('Failed to fetch');
    return new Response('bytes', { headers: { 'content-type': 'image/jpeg' } });
  };
  return { server, kept, pictures: new PictureCache({ name: 'ana/pictures', caches, fetch, origin: ORIGIN }) };
}

beforeEach(() => void vi.spyOn(URL, 'createObjectURL').mockImplementation(() => 'blob:shown'));
afterEach(() => vi.restoreAllMocks());

test('[A15] a picture is asked for once, and shown by the next page without a network', async () => {
  const device = memoryCaches();
  const first = start(device);
  const shown = first.pictures.of('p1');
  expect(first.pictures.of('p1')).toBe(shown);
  await vi.waitFor(() => expect(shown.get()).toBe('blob:shown'));
  expect(first.server.asked).toEqual([`${ORIGIN}/api/pictures/p1`]);

  const next = start(device);
  next.server.isUp = false;
  await vi.waitFor(() => expect(next.pictures.of('p1').get()).toBe('blob:shown'));
  expect(next.server.asked).toEqual([]);
});

test('[A15] one that could not be had is asked for again when there is a network', async () => {
  const { server, pictures } = start(memoryCaches());
  server.isUp = false;
  const shown = pictures.of('p1');
  await vi.waitFor(() => expect(server.asked).toHaveLength(1));
  await new Promise((resolve) => setImmediate(resolve));
  server.isUp = true;
  pictures.retry();
  await vi.waitFor(() => expect(shown.get()).toBe('blob:shown'));
});

test('[A15] one that only this device has is shown from here, and fetched from nowhere once the server has it', async () => {
  const { server, kept, pictures } = start(memoryCaches());
  const forget = vi.spyOn(URL, 'revokeObjectURL');
  const own = new Blob(['own'], { type: 'image/webp' });
  pictures.lend('waiting-1', own);
  expect(pictures.of('waiting-1').get()).toBe('blob:shown');
  pictures.put('p1', own);
  pictures.takeBack('waiting-1');
  expect(forget).toHaveBeenCalledTimes(1);
  expect(pictures.of('p1').get()).toBe('blob:shown');
  await vi.waitFor(() => expect([...kept.keys()]).toEqual([`${ORIGIN}/api/pictures/p1`]));
  expect(await kept.get(`${ORIGIN}/api/pictures/p1`)?.text()).toBe('own');
  expect(server.asked).toEqual([]);
});

test('[A15] what nobody wears any more leaves the device, and everything does with the account', async () => {
  const { kept, pictures } = start(memoryCaches());
  for (const id of ['p1', 'p2']) await vi.waitFor(() => expect(pictures.of(id).get()).toBe('blob:shown'));
  await pictures.keepOnly(new Set(['p2']));
  expect([...kept.keys()]).toEqual([`${ORIGIN}/api/pictures/p2`]);
  await pictures.clear();
  expect(kept.size).toBe(0);
});
