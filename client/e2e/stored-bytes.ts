/** Looks for a text in everything a browser stores for the app: all IndexedDB databases, caches, local and session storage. */
import type { Page } from 'playwright-core';

/** The places whose bytes hold the text; ids are left out of their names. */
export function storedPlaces(page: Page, text: string): Promise<string[]> {
  return page.evaluate(async (wanted) => {
    const needle = new TextEncoder().encode(wanted);
    /** Blobs become their bytes, which can be looked into. */
    const read = async (value: unknown): Promise<unknown> => {
      if (value instanceof Blob) return value.arrayBuffer();
      return Array.isArray(value) ? Promise.all(value.map(read)) : value;
    };
    const holds = (value: unknown): boolean => {
      if (typeof value === 'string') return value.includes(wanted);
      if (typeof value !== 'object' || value === null) return false;
      if (value instanceof ArrayBuffer) return holds(new Uint8Array(value));
      if (value instanceof Uint8Array)
        return value.some((_, start) => needle.every((byte, offset) => value[start + offset] === byte));
      if (value instanceof Map) return [...value].some(holds);
      return Object.entries(value).some(([key, part]) => holds(key) || holds(part));
    };
    const answer = <Result>(request: IDBRequest<Result>): Promise<Result> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const places = new Set<string>();
    for (const { name } of await indexedDB.databases()) {
      if (!name) continue;
      const database = await answer(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const records = database.transaction(store).objectStore(store);
        const kind = name.split('/').length > 2 ? 'document' : 'account';
        if (holds(await read(await answer(records.getAll()))) || holds(await answer(records.getAllKeys())))
          places.add(`${kind}/${store}`);
      }
      database.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const response = await cache.match(request);
        if (holds(request.url) || holds(await response?.arrayBuffer())) places.add('cache');
      }
    }
    for (const [key, value] of Object.entries({ ...localStorage, ...sessionStorage }))
      if (holds(key) || holds(value)) places.add('storage');
    return [...places].sort();
  }, text);
}
