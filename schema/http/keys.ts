/** Request and response shapes of API keys. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';

/**
 * `read`: people, conversations, messages, search. `write`: post messages, start and change conversations. `export`: exports and
 * snapshots. `webhooks`: manage webhooks, which are told what the account may read and outlive the key. None contains another.
 */
export const KEY_SCOPES = ['read', 'write', 'export', 'webhooks'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

const Scopes = z
  .array(z.enum(KEY_SCOPES))
  .min(1)
  .refine((scopes) => new Set(scopes).size === scopes.length, 'Name each scope once');

export const CreateApiKey = z
  .object({
    name: z.string().trim().min(1).max(100),
    scopes: Scopes,
    /** Without it the key works until it is deleted. */
    expiresAt: z.int().positive().max(8.64e15).optional(),
  })
  .openapi('CreateApiKey');
export type CreateApiKey = z.infer<typeof CreateApiKey>;

export const ApiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    /** The first characters of the key. */
    start: z.string(),
    scopes: z.array(z.enum(KEY_SCOPES)),
    createdAt: z.number(),
    expiresAt: z.number().optional(),
    /** Exact to a minute; absent before its first use. */
    usedAt: z.number().optional(),
  })
  .openapi('ApiKey');
export type ApiKey = z.infer<typeof ApiKey>;

/** `key` is shown this once and stored nowhere. */
export const CreatedApiKey = ApiKey.extend({ key: z.string() }).openapi('CreatedApiKey');

export const ApiKeyList = z.object({ items: z.array(ApiKey) }).openapi('ApiKeyList');
