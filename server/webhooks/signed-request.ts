/** What a receiver gets, after Standard Webhooks: https://www.standardwebhooks.com. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { DeliveryType, WebhookBody } from '../../schema/http/webhooks.ts';
import { type MessageRow, messageOf } from '../database/message-row.ts';

/** 192 bits; receivers take 24 to 64 bytes. */
const SECRET_BYTES = 24;

export const generateSecret = (): string => `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;

/** What a delivery tells of. */
export interface Told {
  readonly webhook: string;
  readonly type: DeliveryType;
  readonly at: Date;
  readonly conversation: string;
  readonly user: string;
  /** As it is now; undefined where the event is about none. */
  readonly message: MessageRow | undefined;
}

export function bodyOf({ webhook, type, at, conversation, user, message }: Told): string {
  return JSON.stringify({ type, timestamp: at.toISOString(), data: dataOf() } as WebhookBody);

  function dataOf(): WebhookBody['data'] {
    if (type === 'ping') return { webhook };
    return message ? { ...messageOf(message), conversation } : { conversation, user };
  }
}

/** `secrets`: each signs, so that receivers may have any of them. */
export function signedHeaders({
  id,
  nowMs,
  body,
  secrets,
}: {
  id: string;
  nowMs: number;
  body: string;
  secrets: readonly string[];
}): Record<string, string> {
  const now = new Date(nowMs);
  return {
    'content-type': 'application/json',
    'user-agent': 'Tidewire-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': `${Math.floor(nowMs / 1_000)}`,
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}
