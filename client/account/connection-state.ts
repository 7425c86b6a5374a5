/** What the connection chip says, from the shared connection, the documents on it and what waits to be sent. */
import type { LinkState } from '../connection/link.ts';
import type { ConnectionState } from '../conversation/conversation.ts';

export interface ConnectionInput {
  readonly link: LinkState;
  /** The browser believes to have a network. */
  readonly isOnline: boolean;
  /** Own messages and changes that are not acknowledged. */
  readonly waiting: number;
  /** Documents that are wanted and not synced. */
  readonly unsynced: number;
}

export function connectionState({ link, isOnline, waiting, unsynced }: ConnectionInput): ConnectionState {
  const isOpen = link.is === 'open' && link.isProven;
  if (isOpen && waiting === 0 && unsynced === 0) return { is: 'connected' };
  // A connection takes a while to notice that its network is gone; one to this machine itself needs none.
  if (isOpen && isOnline) return { is: 'syncing', waiting };
  const since = link.troubleSince;
  // The first attempt usually succeeds; only after it failed is there reason to speak of being offline.
  if (link.is !== 'stopped' && link.attempt === 0 && isOnline) return { is: 'connecting', since };
  return { is: 'offline', since, waiting };
}

export const isSameConnection = (a: ConnectionState, b: ConnectionState): boolean =>
  a.is === b.is &&
  ('since' in a ? a.since : 0) === ('since' in b ? b.since : 0) &&
  ('waiting' in a ? a.waiting : 0) === ('waiting' in b ? b.waiting : 0);
