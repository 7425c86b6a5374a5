/** The connection of a page: one for all tabs of this browser, or its own where tabs have no locks, as on insecure addresses. */
import type { Connection } from './connection.ts';
import type { Locks } from './election.ts';
import { SharedConnection, type SharedConnectionOptions } from './shared-connection.ts';
import { SocketConnection } from './socket-connection.ts';

export interface OpenConnectionOptions extends Omit<SharedConnectionOptions, 'locks'> {
  readonly locks: Locks | undefined;
}

export const openConnection = ({ locks, ...options }: OpenConnectionOptions): Connection =>
  locks ? new SharedConnection({ ...options, locks }) : new SocketConnection(options);
