/** What is said to a device. All values are text, as Firebase wants it; what the recipient does not want to be read is not in it. */

import { plainPreview } from '../../schema/document/plain-text.ts';
import type { PushPayload } from '../../schema/http/push.ts';
import { NEUTRAL_BODY } from '../../schema/http/push-body.ts';
import type { Delivery } from './chunk.ts';

export function payloadOf({ conversation, message, withdrawn, badge, hasOthers }: Delivery): PushPayload {
  const common = { conversation, badge: `${badge}` };
  if (!message) return { type: 'withdraw', ...common, ...(hasOthers && { messages: withdrawn.join(',') }) };
  const { id, from, senderName, kind, title, text, at, canPreview } = message;
  const shown = kind === 'group' ? `${senderName}: ${plainPreview(text)}` : plainPreview(text);
  return {
    type: 'message',
    ...common,
    message: id,
    from,
    title: title ?? senderName,
    body: canPreview ? shown : NEUTRAL_BODY,
    at: `${at}`,
  };
}
