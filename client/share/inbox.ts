/**
 * What other apps share with this one, from the moment the service worker takes it until somebody has chosen a chat for it. It lies
 * in a cache of its own, and not with an account, as nobody may be signed in yet; each share is the form as it came.
 */

/** Where the manifest sends what is shared. */
export const SHARE_PATH = '/share';

/** Its name among the caches; goes with the data of the account that is removed from this device. */
export const INBOX = 'tidewire/shared';

/** Nobody comes back for more; a page elsewhere that sends forms in masses fills no disk. */
const MAX_KEPT = 5;

export interface Shared {
  readonly text: string;
  readonly files: readonly File[];
}

export interface InboxOptions {
  readonly caches: CacheStorage;
  readonly origin: string;
}

/** The path of the page that asks for which chat. */
export const sharedPath = (key: string): string => `${SHARE_PATH}/${key}`;

/** Keeps the form; returns the key by which it is found. */
export async function keepShared(request: Request, { caches, origin }: InboxOptions): Promise<string> {
  const key = crypto.randomUUID();
  const cache = await caches.open(INBOX);
  const type = request.headers.get('content-type') ?? '';
  await cache.put(origin + sharedPath(key), new Response(await request.blob(), { headers: { 'content-type': type } }));
  // The oldest come first.
  for (const old of (await cache.keys()).slice(0, -MAX_KEPT)) await cache.delete(old);
  return key;
}

/** Undefined when it is not here any more. */
export async function findShared(key: string, { caches, origin }: InboxOptions): Promise<Shared | undefined> {
  const kept = await (await caches.open(INBOX)).match(origin + sharedPath(key));
  return kept && readShared(await kept.formData());
}

export async function removeShared(key: string, { caches, origin }: InboxOptions): Promise<void> {
  await (await caches.open(INBOX)).delete(origin + sharedPath(key));
}

/** Apps put an address anywhere, and repeat it: what stands in another part is left out. Forms end their lines with two signs. */
function readShared(form: FormData): Shared {
  const parts = ['title', 'text', 'url'].flatMap((name) => {
    const value = form.get(name);
    return typeof value === 'string' && value.trim() !== '' ? [value.replaceAll('\r\n', '\n').trim()] : [];
  });
  const isRepeated = (part: string, index: number) =>
    parts.some((other, at) => at !== index && other.includes(part) && (other !== part || at < index));
  return {
    text: parts.filter((part, index) => !isRepeated(part, index)).join('\n'),
    files: form.getAll('files').filter((file) => file instanceof File && file.size > 0) as File[],
  };
}
