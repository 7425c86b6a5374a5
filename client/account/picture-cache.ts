/**
 * Pictures of people and groups, under their ids: what is under one never changes, so each is fetched once and kept in the Cache
 * API, for showing without a network. What nobody wears any more is removed.
 */
import type { Observed, Pictures } from '../conversation/conversation.ts';
import { Source } from '../conversation/source.ts';

export interface PictureCacheOptions {
  /** Of the account on this device. */
  readonly name: string;
  /** Undefined where there are none, as on insecure addresses: then pictures are fetched each time. */
  readonly caches: CacheStorage | undefined;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly origin: string;
}

export class PictureCache implements Pictures, Disposable {
  readonly #options: PictureCacheOptions;
  readonly #cache: Promise<Cache | undefined>;
  readonly #shown = new Map<string, Source<string | undefined>>();
  /** Those that could not be fetched: asked for again when the network is back. */
  readonly #missing = new Set<string>();
  #isDisposed = false;

  constructor(options: PictureCacheOptions) {
    this.#options = options;
    this.#cache = (options.caches?.open(options.name) ?? Promise.resolve(undefined)).catch(() => undefined);
  }

  of(picture: string): Observed<string | undefined> {
    let source = this.#shown.get(picture);
    if (!source) {
      source = new Source<string | undefined>(undefined);
      this.#shown.set(picture, source);
      void this.#load(picture, source);
    }
    return source;
  }

  /** Shows what only this device has, under an id of its own, until it is taken back. */
  lend(id: string, blob: Blob): void {
    this.#show(id, blob);
  }

  takeBack(id: string): void {
    const address = this.#shown.get(id)?.get();
    if (address) URL.revokeObjectURL(address);
    this.#shown.delete(id);
  }

  /** The server has it under this id: it need not be fetched. */
  put(picture: string, blob: Blob): void {
    this.#show(picture, blob);
    void this.#keep(picture, blob);
  }

  /** There is a network again. */
  retry(): void {
    const missing = [...this.#missing];
    this.#missing.clear();
    for (const picture of missing) {
      const source = this.#shown.get(picture);
      if (source) void this.#load(picture, source);
    }
  }

  /** What is under none of these ids leaves this device. */
  async keepOnly(worn: ReadonlySet<string>): Promise<void> {
    const cache = await this.#cache;
    const kept = (await cache?.keys().catch(() => undefined)) ?? [];
    const gone = kept.filter(({ url }) => !worn.has(url.slice(url.lastIndexOf('/') + 1)));
    await Promise.all(gone.map((request) => cache?.delete(request)));
  }

  /** Removes everything: the account's data leave this device. */
  async clear(): Promise<void> {
    await this.#options.caches?.delete(this.#options.name);
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const source of this.#shown.values()) {
      const address = source.get();
      if (address) URL.revokeObjectURL(address);
    }
    this.#shown.clear();
  }

  #show(id: string, blob: Blob): void {
    const address = URL.createObjectURL(blob);
    const shown = this.#shown.get(id);
    if (shown) shown.set(address);
    else this.#shown.set(id, new Source<string | undefined>(address));
  }

  async #keep(picture: string, blob: Blob): Promise<void> {
    const cache = await this.#cache;
    const kept = new Response(blob, { headers: { 'content-type': blob.type } });
    // No room: it is fetched again when it is wanted.
    await cache?.put(this.#addressOf(picture), kept).catch(() => undefined);
  }

  #addressOf(picture: string): string {
    return `${this.#options.origin}/api/pictures/${picture}`;
  }

  async #load(picture: string, source: Source<string | undefined>): Promise<void> {
    const blob = await this.#find(picture);
    if (this.#isDisposed) return;
    if (blob) source.set(URL.createObjectURL(blob));
    else this.#missing.add(picture);
  }

  async #find(picture: string): Promise<Blob | undefined> {
    const url = this.#addressOf(picture);
    try {
      const cache = await this.#cache;
      const cached = await cache?.match(url);
      if (cached) return await cached.blob();
      const response = await this.#options.fetch(url, { credentials: 'same-origin' });
      if (!response.ok) return undefined;
      const blob = await response.blob();
      await this.#keep(picture, blob);
      return blob;
    } catch {
      return undefined;
    }
  }
}
