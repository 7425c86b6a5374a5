/** The bytes of a sent picture as an address, as long as it is shown. */
import { useCallback } from 'react';
import type { MessageFile } from '../../../schema/document/files.ts';
import type { MessageId } from '../../../schema/ids.ts';
import { useObserved } from '../observed.ts';
import { useSession } from '../session.ts';
import { useBlobUrl } from './use-blob-url.ts';

export function usePicture(message: MessageId, file: MessageFile) {
  const { files, connection } = useSession().messenger;
  const isOffline = useObserved(connection).is === 'offline';
  // What could not be had without a network is asked for again when there is one; an edit makes another object of the same file.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const open = useCallback(() => files.open(message, file), [files, message, file.id, isOffline]);
  return useBlobUrl(open);
}
