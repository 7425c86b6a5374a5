/** Turns failures into a sentence for people. The server's problem details are written for them and win. */
import { type RequestFailure, StorageFailure } from '../conversation/conversation.ts';
import { t } from '../language/translate.ts';

export function describeRequest(failure: RequestFailure): string {
  if (failure.is === 'network') return t('problem.network');
  return failure.detail.trim() || t('problem.unknown');
}

/** Why an intention (send, edit, delete, retry) was not kept on this device. */
export const describeStorage = (failure: unknown): string =>
  failure instanceof StorageFailure ? t(`storage.${failure.reason}`) : t('composer.failed');
