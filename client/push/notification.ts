/**
 * The one notification of a conversation: how a further message changes it, and what is left of it when some were read or
 * deleted elsewhere. All it knows of former messages stands in its own `data`, so that nothing has to be stored. Pure.
 */
import type { PushPayload } from '../../schema/http/push.ts';
import { NEUTRAL_BODY } from '../../schema/http/push-body.ts';
import type { ConversationId, MessageId } from '../../schema/ids.ts';
import { words } from './words.ts';

/** Lines of a notification that platforms show when it is unfolded. */
const MAX_LINES = 4;
/** Data of a notification are small; a count beyond this is of no interest. */
const MAX_MESSAGES = 100;
/** Somebody who writes five messages in a row makes one sound, not five. */
const ALERT_AGAIN_AFTER_MS = 15_000;

interface Line {
  readonly message: string;
  readonly body: string;
}

/** What a notification of ours carries. */
export interface NoticeData {
  readonly conversation: ConversationId;
  readonly title: string;
  /** Oldest first; bodies of the last ones only. */
  readonly lines: readonly Line[];
  /** When it was last heard or felt, ms. */
  readonly alertedAt: number;
}

export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly data: NoticeData;
  readonly alert: 'loud' | 'silent';
  /** ms since 1970, when the newest message was written. */
  readonly at?: number;
}

/** `shown` is what stands there now. A message that comes twice changes nothing that could be heard. */
export function addMessage(
  shown: NoticeData | undefined,
  push: PushPayload & { type: 'message' },
  now: number,
): Notice {
  const former = shown?.lines ?? [];
  const isKnown = former.some(({ message }) => message === push.message);
  const line = { message: push.message, body: push.body };
  const lines = isKnown ? former.map((each) => (each.message === push.message ? line : each)) : [...former, line];
  const isLoud = !isKnown && (!shown || now - shown.alertedAt >= ALERT_AGAIN_AFTER_MS);
  const at = Number(push.at);
  return {
    ...drawNotice({
      conversation: push.conversation as ConversationId,
      title: push.title,
      lines: lines.slice(-MAX_MESSAGES),
      alertedAt: isLoud || !shown ? now : shown.alertedAt,
    }),
    alert: isLoud ? 'loud' : 'silent',
    ...(Number.isFinite(at) && { at }),
  };
}

/** Undefined when nothing is left: the notification goes. Without `messages` nothing is. */
export function withdraw(shown: NoticeData, messages: string | undefined): Notice | undefined {
  if (messages === undefined) return undefined;
  const gone = new Set(messages.split(','));
  const lines = shown.lines.filter(({ message }) => !gone.has(message));
  return lines.length === 0 ? undefined : { ...drawNotice({ ...shown, lines }), alert: 'silent' };
}

/** The message that a touch of the notification leads to: the first that was not read. */
export const firstOf = ({ lines }: NoticeData): MessageId | undefined => lines[0]?.message as MessageId | undefined;

/** The message as far as which "Mark as read" goes. */
export const lastOf = ({ lines }: NoticeData): MessageId | undefined => lines.at(-1)?.message as MessageId | undefined;

function drawNotice(data: NoticeData): Omit<Notice, 'alert'> {
  const count = data.lines.length;
  // Neutral bodies say the same in every line.
  const bodies = data.lines.flatMap(({ body }) => (body === NEUTRAL_BODY ? [] : [words.body(body)]));
  const body =
    count === 1
      ? words.body(data.lines[0]?.body ?? '')
      : [words.messages(count), ...bodies.slice(-MAX_LINES + 1)].join('\n');
  return { title: data.title, body, data };
}

/** Notifications that some other version of the app has shown may carry anything. */
export function readNotice(data: unknown): NoticeData | undefined {
  const isOurs =
    typeof data === 'object' && data !== null && 'conversation' in data && 'lines' in data && Array.isArray(data.lines);
  return isOurs ? (data as NoticeData) : undefined;
}
