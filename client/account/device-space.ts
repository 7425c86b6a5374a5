/** How much of this device the account takes, by kind, as far as the browser says. */
import type { DeviceSpace } from '../conversation/conversation.ts';
import type { FileCache } from '../files/file-cache.ts';
import type { Unsent } from '../files/unsent.ts';
import type { BrowserStorage } from './environment.ts';

export function deviceSpace({
  storage,
  cache,
  unsent,
}: {
  storage: BrowserStorage | undefined;
  cache: Pick<FileCache, 'measure' | 'empty'>;
  unsent: Pick<Unsent, 'contents'>;
}): DeviceSpace {
  return {
    async measure() {
      try {
        const [estimate, files, isPersisted] = await Promise.all([
          storage?.estimate(),
          cache.measure(),
          storage?.persisted() ?? false,
        ]);
        if (!estimate) return undefined;
        const { usage = 0, quota = 0, usageDetails } = estimate;
        const waiting = unsent.contents.get().flatMap((message) => message.files);
        const unsentBytes = waiting.reduce((sum, { size }) => sum + size, 0);
        // Without the kinds, everything that is not a file counts as messages, which it nearly is. Browsers count roughly.
        const inDatabases = usageDetails?.indexedDB ?? usage - files;
        const messages = Math.max(0, inDatabases - unsentBytes);
        const rest = Math.max(0, usage - files - unsentBytes - messages);
        return { messages, files, unsent: unsentBytes, rest, available: quota, isPersisted };
      } catch {
        // It is only for looking at.
        return undefined;
      }
    },
    // A browser that fails it has refused.
    persist: async () => (await storage?.persist().catch(() => false)) ?? false,
    clearFiles: () => cache.empty(),
  };
}
