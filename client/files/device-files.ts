/** Where the bytes of a file come from: a message of this device that is on its way, what was kept, or the server. */
import type { Files } from '../conversation/attachments.ts';
import type { FileCache } from './file-cache.ts';
import type { Unsent } from './unsent.ts';

export const deviceFiles = ({ unsent, cache }: { unsent: Unsent; cache: FileCache }): Files => ({
  async open(message, file) {
    const own = unsent.contents.get().find(({ sent }) => sent?.id === message);
    const blob =
      own &&
      (await unsent.blob(
        own,
        own.files.findIndex(({ id }) => id === file.id),
      ));
    return blob ?? cache.open(message, file);
  },
  async openUnsent(key, index) {
    const record = unsent.contents.get().find((one) => one.key === key);
    return record && unsent.blob(record, index);
  },
});
