/** Turns failures into a sentence for people. The server's problem details are written for them and win. */
import { type RequestFailure, StorageFailure } from '../conversation/conversation.ts';
import { text } from './text.ts';

export function describeRequest(failure: RequestFailure): string {
  if (failure.is === 'network') return text.problem.network;
  return failure.detail.trim() || text.problem.unknown;
}

/** Why an intention (send, edit, delete, retry) was not kept on this device. */
export const describeStorage = (failure: unknown): string =>
  failure instanceof StorageFailure ? text.storage[failure.reason] : text.composer.failed;
