/**
 * What the service worker asks of a window of the app. Both are built together, but a window may be older than the worker:
 * what it does not know it ignores, and does not confirm.
 */
import type { ConversationId, MessageId } from '../../schema/ids.ts';

export type AppMessage =
  /** Show it. */
  | { readonly t: 'open'; readonly conversation: ConversationId; readonly message: MessageId | undefined }
  /** Mark it as read as far as this message; confirmed through the port that comes along. */
  | { readonly t: 'read'; readonly conversation: ConversationId; readonly message: MessageId };

/** A window that still loads, or must fetch what is to be marked, takes a while; one that is frozen or gone never answers. */
export const CONFIRM_WITHIN_MS = 5_000;

export function readAppMessage(data: unknown): AppMessage | undefined {
  const isOurs = typeof data === 'object' && data !== null && 't' in data && (data.t === 'open' || data.t === 'read');
  return isOurs && 'conversation' in data && typeof data.conversation === 'string' ? (data as AppMessage) : undefined;
}
