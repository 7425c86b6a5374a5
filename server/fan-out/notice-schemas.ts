/**
 * The shapes of notices where they come in from other servers, which may run another version: a topic that is unknown here
 * is none of ours, and a notice of another shape is dropped.
 */
import { z } from 'zod';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import type { Notices } from './fan-out.ts';

const text = <Id extends string>() => z.custom<Id>((value) => typeof value === 'string');
const conversation = text<ConversationId>();
const user = text<UserId>();

const SCHEMAS: { readonly [Topic in keyof Notices]: z.ZodType<Notices[Topic]> } = {
  revoked: z.object({ sessions: z.array(z.string()) }),
  membership: z.object({ conversation }),
  changed: z.object({ conversation, members: z.array(user) }),
  typing: z.object({ conversation, user, people: z.array(user) }),
  presence: z.object({ users: z.array(z.tuple([user, z.number()])) }),
  looking: z.object({ server: z.string(), people: z.array(z.tuple([user, z.array(z.string())])) }),
  settings: z.object({ user }),
  missed: z.object({ forMs: z.number().min(0) }),
  head: z.object({
    conversation,
    epoch: z.int(),
    seq: z.int(),
    from: user,
    at: z.number(),
    preview: z.string(),
    members: z.array(user),
  }),
};

const Envelope = z.object({ server: z.string(), topic: z.string(), notice: z.unknown() });

/** A notice with its topic, so that both are of one type. */
export type Told = {
  [Topic in keyof Notices]: { readonly topic: Topic; readonly notice: Notices[Topic] };
}[keyof Notices];

export const encodeNotice = (server: string, told: Told): string => JSON.stringify({ server, ...told });

/** Throws on anything else than a notice; undefined for a topic of another version. */
export function decodeNotice(message: string): { readonly server: string; readonly told: Told | undefined } {
  const { server, topic, notice } = Envelope.parse(JSON.parse(message));
  if (!Object.hasOwn(SCHEMAS, topic)) return { server, told: undefined };
  return { server, told: { topic, notice: SCHEMAS[topic as keyof Notices].parse(notice) } as Told };
}
