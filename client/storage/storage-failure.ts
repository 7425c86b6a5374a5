/** Names what a browser's storage error means for the person in front of it. */
import { StorageFailure } from '../conversation/conversation.ts';

const REASONS: Record<string, StorageFailure['reason']> = {
  QuotaExceededError: 'quota',
  // Firefox and Safari in private windows, or site data switched off.
  SecurityError: 'unavailable',
  // A newer version of the app has used this store: reload.
  VersionError: 'outdated',
  // The connection was closed under us: somebody removed the database.
  InvalidStateError: 'wiped',
  NotFoundError: 'wiped',
};

export function toStorageFailure(error: unknown): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
  return new StorageFailure(REASONS[name] ?? 'unknown', { cause: error });
}
