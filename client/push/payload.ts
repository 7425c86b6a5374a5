/**
 * Reads what a push carries. Firebase wraps our values in an envelope of its own, `{data: {…}, fcmMessageId, …}`; by Web Push
 * they come bare. Anything else is no push of ours.
 */
import type { PushPayload } from '../../schema/http/push.ts';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const TEXTS = {
  message: ['conversation', 'message', 'from', 'title', 'body', 'at', 'badge'],
  withdraw: ['conversation', 'badge'],
} as const;

/** They become part of an address. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function readPush(text: string): PushPayload | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not ours, whoever sent it.
    return undefined;
  }
  const values = isObject(parsed) && isObject(parsed.data) ? parsed.data : parsed;
  if (!isObject(values)) return undefined;
  const { type } = values;
  if (type !== 'message' && type !== 'withdraw') return undefined;
  if (!TEXTS[type].every((key) => typeof values[key] === 'string')) return undefined;
  const ids = [values.conversation, ...(type === 'message' ? [values.message] : [])] as string[];
  if (!ids.every((id) => ID.test(id))) return undefined;
  if (type === 'withdraw' && values.messages !== undefined && typeof values.messages !== 'string') return undefined;
  return values as unknown as PushPayload;
}
