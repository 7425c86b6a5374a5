/**
 * Pictures that this device has shown, so that they are there without a network: in the Cache API, bounded, under the name of their
 * message, with which they go. The server forbids every other cache to keep them.
 */
import type { MessageFile } from '../../schema/document/files.ts';
import type { MessageId } from '../../schema/ids.ts';

export interface FileCacheOptions {
  /** Of the account on this device. */
  readonly name: string;
  /** Undefined where there are none, as on insecure addresses: then pictures are fetched each time. */
  readonly caches: CacheStorage | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly origin: string;
}

/** Some hundred pictures of phones. */
const MAX_BYTES = 200 * 1024 * 1024;

/** What is larger is not kept: a film would push out everything else. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

const SIZE = 'content-length';

export class FileCache {
  readonly #options: FileCacheOptions;
  readonly #cache: Promise<Cache | undefined>;
  /** The messages it has pictures of; undefined until that was read. */
  #held: Map<string, Set<string>> | undefined;
  readonly #underWay = new Map<string, Promise<Blob | 'absent' | 'gone'>>();
  /** Deleted while the page is open: what is under way for them is not kept. */
  readonly #erased = new Set<MessageId>();

  constructor(options: FileCacheOptions) {
    this.#options = options;
    // Without it everything works, and is fetched each time.
    this.#cache = (options.caches?.open(options.name) ?? Promise.resolve(undefined)).catch(() => undefined);
    void this.#readHeld();
  }

  open(message: MessageId, file: MessageFile): Promise<Blob | 'absent' | 'gone'> {
    const url = this.#urlOf(message, file);
    const known = this.#underWay.get(url) ?? this.#open(message, file, url);
    this.#underWay.set(url, known);
    void known.finally(() => this.#underWay.delete(url));
    return known;
  }

  async put(message: MessageId, file: Pick<MessageFile, 'id' | 'type'>, blob: Blob): Promise<void> {
    const cache = await this.#cache;
    if (!cache || blob.size > MAX_FILE_BYTES || this.#erased.has(message)) return;
    const url = this.#urlOf(message, file);
    try {
      await cache.put(url, new Response(blob, { headers: { [SIZE]: `${blob.size}`, 'content-type': file.type } }));
      this.#hold(url);
      await this.#trim(cache);
      if (this.#erased.has(message)) await this.erase(message);
    } catch {
      // No room: it is fetched again when it is wanted.
    }
  }

  /** The message is deleted. */
  async erase(message: MessageId): Promise<void> {
    if (!this.#held) await this.#readHeld();
    this.#erased.add(message);
    const urls = this.#held?.get(message);
    if (!urls) return;
    this.#held?.delete(message);
    const cache = await this.#cache;
    await Promise.all([...urls].map((url) => cache?.delete(url)));
  }

  /** Bytes of what is kept. */
  async measure(): Promise<number> {
    const cache = await this.#cache;
    const sizes = cache ? await sizesIn(cache) : [];
    return sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Keeps nothing of what there is; the server has all of it. */
  async empty(): Promise<void> {
    const cache = await this.#cache;
    const requests = (await cache?.keys()) ?? [];
    this.#held?.clear();
    await Promise.all(requests.map((request) => cache?.delete(request)));
  }

  /** Removes everything: the account's data leave this device. */
  async clear(): Promise<void> {
    await this.#options.caches?.delete(this.#options.name);
  }

  async #open(message: MessageId, file: MessageFile, url: string): Promise<Blob | 'absent' | 'gone'> {
    const cached = await (await this.#cache)?.match(url).catch(() => undefined);
    if (cached) return cached.blob();
    try {
      const { origin, fetch } = this.#options;
      const response = await fetch(`${origin}/api/files/${file.id}`, { credentials: 'same-origin' });
      if (response.status === 404) return 'gone';
      if (!response.ok) return 'absent';
      const blob = await response.blob();
      await this.put(message, file, blob);
      return blob;
    } catch {
      return 'absent';
    }
  }

  /** The oldest go first. */
  async #trim(cache: Cache): Promise<void> {
    const kept = await sizesIn(cache);
    let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { request, bytes } of kept) {
      if (total <= MAX_BYTES) return;
      total -= bytes;
      await cache.delete(request);
    }
  }

  async #readHeld(): Promise<void> {
    const requests = (await (await this.#cache)?.keys().catch(() => undefined)) ?? [];
    this.#held ??= new Map();
    for (const { url } of requests) this.#hold(url);
  }

  #hold(url: string): void {
    this.#held ??= new Map();
    const message = new URL(url).pathname.split('/').at(-2) ?? '';
    const urls = this.#held.get(message);
    if (urls) urls.add(url);
    else this.#held.set(message, new Set([url]));
  }

  /** No address of the server, and never asked for: a name in the cache. */
  #urlOf(message: MessageId, { id }: Pick<MessageFile, 'id'>): string {
    return `${this.#options.origin}/kept-files/${message}/${id}`;
  }
}

/** The oldest first. */
const sizesIn = async (cache: Cache): Promise<{ request: Request; bytes: number }[]> =>
  Promise.all(
    (await cache.keys()).map(async (request) => ({
      request,
      bytes: Number((await cache.match(request))?.headers.get(SIZE) ?? 0),
    })),
  );
