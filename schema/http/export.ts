/** What an exported conversation looks like. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';
import { Conversation } from './conversations.ts';
import { ProjectedMessage } from './messages.ts';

export const EXPORT_FORMATS = ['ndjson', 'json', 'html', 'yjs'] as const;

/** A line of `ndjson`. */
export const ExportedMessage = ProjectedMessage.extend({
  conversation: z.string(),
  /** User id → when they read it. */
  readBy: z.record(z.string(), z.number()).optional(),
}).openapi('ExportedMessage');
export type ExportedMessage = z.infer<typeof ExportedMessage>;

/** `json`: messages in the order of the conversation, the oldest first. */
export const ExportedConversation = z
  .object({
    conversation: Conversation,
    exportedAt: z.number(),
    /** Everybody who wrote, also those who have left: user id → name. */
    people: z.record(z.string(), z.string()),
    messages: z.array(ExportedMessage),
  })
  .openapi('ExportedConversation');
export type ExportedConversation = z.infer<typeof ExportedConversation>;
