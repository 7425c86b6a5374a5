/** Request and response shapes of outgoing webhooks, and what is sent to them. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';
import {
  MAX_WEBHOOK_CONVERSATIONS,
  MAX_WEBHOOK_DESCRIPTION_CHARACTERS,
  MAX_WEBHOOK_URL_CHARACTERS,
} from '../limits.ts';
import { SyncedMessage } from './messages.ts';

/** What a webhook may be told of. */
export const WEBHOOK_EVENTS = [
  'message.created',
  'message.edited',
  'message.deleted',
  'conversation.member_added',
  'conversation.member_removed',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

/** `ping` comes when its owner asks for it, whatever the webhook is for. */
export type DeliveryType = WebhookEvent | 'ping';

const once = (values: readonly string[]): boolean => new Set(values).size === values.length;

const Events = z.array(z.enum(WEBHOOK_EVENTS)).min(1).refine(once, 'Name each event once');
const Conversations = z
  .array(z.string().min(1).max(64))
  .min(1)
  .max(MAX_WEBHOOK_CONVERSATIONS)
  .refine(once, 'Name each conversation once');
const Description = z.string().trim().min(1).max(MAX_WEBHOOK_DESCRIPTION_CHARACTERS);
const Address = z.url().max(MAX_WEBHOOK_URL_CHARACTERS).openapi({ example: 'https://example.org/tidewire' });

export const CreateWebhook = z
  .object({
    url: Address,
    events: Events,
    /** Without it: all of one's conversations, those to come included. */
    conversations: Conversations.optional(),
    description: Description.optional(),
  })
  .openapi('CreateWebhook');
export type CreateWebhook = z.infer<typeof CreateWebhook>;

/** `null` takes away what stood there. */
export const PatchWebhook = z
  .object({
    url: Address.optional(),
    events: Events.optional(),
    conversations: Conversations.nullable().optional(),
    description: Description.nullable().optional(),
    /** Disabling gives up what waits. */
    isEnabled: z.boolean().optional(),
  })
  .openapi('PatchWebhook');
export type PatchWebhook = z.infer<typeof PatchWebhook>;

export const Webhook = z
  .object({
    id: z.string(),
    url: z.string(),
    events: z.array(z.enum(WEBHOOK_EVENTS)),
    conversations: z.array(z.string()).optional(),
    description: z.string().optional(),
    isEnabled: z.boolean(),
    /** `gone`: the receiver answered 410. `failing`: nothing was taken for days. `password`: that was changed. Absent when its owner disabled it. */
    disabledBecause: z.enum(['gone', 'failing', 'password']).optional(),
    /** Since when every attempt has failed. */
    failingSince: z.number().optional(),
    createdAt: z.number(),
  })
  .openapi('Webhook');
export type Webhook = z.infer<typeof Webhook>;

/** `secret` is shown this once: receivers verify signatures with it. */
export const WebhookWithSecret = Webhook.extend({ secret: z.string() }).openapi('WebhookWithSecret');
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>;

export const WebhookList = z.object({ items: z.array(Webhook) }).openapi('WebhookList');

export const DELIVERY_STATUSES = ['waiting', 'sent', 'failed', 'dropped'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export const WebhookDelivery = z
  .object({
    /** The `webhook-id` of every attempt. */
    id: z.string(),
    type: z.enum([...WEBHOOK_EVENTS, 'ping']),
    conversation: z.string().optional(),
    message: z.string().optional(),
    user: z.string().optional(),
    /** When it happened. */
    at: z.number(),
    /** `failed`: given up after the last attempt. `dropped`: it was not to be told any more, `error` says why. */
    status: z.enum(DELIVERY_STATUSES),
    attempts: z.int(),
    nextAttemptAt: z.number().optional(),
    endedAt: z.number().optional(),
    /** Of the last attempt; absent when no answer came. */
    responseStatus: z.int().optional(),
    durationMs: z.int().optional(),
    /** Why no answer came (`TIMEOUT`, `ECONNREFUSED` …), or why it was dropped. */
    error: z.string().optional(),
  })
  .openapi('WebhookDelivery');
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

export const WebhookDeliveryList = z
  .object({ items: z.array(WebhookDelivery), next: z.string().optional() })
  .openapi('WebhookDeliveryList');

/** Who was added or removed. */
const Membership = z.object({ conversation: z.string(), user: z.string() });

/** The body of a request to a receiver, as Standard Webhooks has it. A message comes as it is when it is sent: `text` null once deleted. */
export const WebhookBody = z
  .discriminatedUnion('type', [
    z.object({
      type: z.enum(['message.created', 'message.edited', 'message.deleted']),
      timestamp: z.iso.datetime(),
      data: SyncedMessage,
    }),
    z.object({
      type: z.enum(['conversation.member_added', 'conversation.member_removed']),
      timestamp: z.iso.datetime(),
      data: Membership,
    }),
    z.object({ type: z.literal('ping'), timestamp: z.iso.datetime(), data: z.object({ webhook: z.string() }) }),
  ])
  .openapi('WebhookBody');
export type WebhookBody = z.infer<typeof WebhookBody>;
