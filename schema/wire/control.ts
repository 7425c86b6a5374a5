/** Control messages: one JSON text on channel 0 of a `/sync` connection. */
import { z } from 'zod';
import { MAX_WATCHED } from '../limits.ts';

const channel = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const id = z.string().min(1).max(128);

/** Names no document, or is no generation of one: that is said of its channel, and the connection goes on. */
const claim = z.string();
/** null, as programs say that they have none, is none. */
const generation = claim
  .nullish()
  .transform((given) => given ?? undefined)
  .optional();

/** What a client says. A channel number is used once on a connection. */
export const ClientControl = z.discriminatedUnion('t', [
  z.object({ t: z.literal('open'), channel, document: claim, generation }),
  z.object({ t: z.literal('close'), channel }),
  z.object({ t: z.literal('typing'), conversation: id }),
  z.object({ t: z.literal('watch'), users: z.array(id).max(MAX_WATCHED) }),
  z.object({ t: z.literal('looking'), conversation: id.optional() }),
  z.object({ t: z.literal('ping') }),
]);
export type ClientControl = z.infer<typeof ClientControl>;

/** What a server says. */
export const ServerControl = z.discriminatedUnion('t', [
  z.object({ t: z.literal('opened'), channel, generation: id }),
  z.object({ t: z.literal('closed'), channel, code: z.int(), reason: z.string() }),
  z.object({
    t: z.literal('head'),
    conversation: id,
    epoch: z.int().min(0),
    seq: z.int().min(0),
    from: id,
    at: z.number(),
    preview: z.string(),
  }),
  // Heads may have been lost: the list of conversations tells.
  z.object({ t: z.literal('missed') }),
  // Its title, description, members, roles or pins are others now, or it is no longer one's own: ask for it.
  z.object({ t: z.literal('changed'), conversation: id }),
  // Somebody one shares a conversation with, or oneself, is called so now; absent: no status, no picture.
  z.object({
    t: z.literal('person'),
    id,
    name: z.string(),
    status: z.string().optional(),
    picture: z.string().optional(),
  }),
  z.object({ t: z.literal('typing'), conversation: id, user: id }),
  // `lastSeen` 0: nothing is known, or nothing may be told.
  z.object({ t: z.literal('presence'), users: z.array(z.object({ id, online: z.boolean(), lastSeen: z.number() })) }),
  z.object({ t: z.literal('pong') }),
]);
export type ServerControl = z.infer<typeof ServerControl>;
