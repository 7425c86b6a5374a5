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
  person: z.object({
    id: user,
    name: z.string(),
    status: z.string().optional(),
    picture: z.string().optional(),
    people: z.array(user),
  }),
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

const Envelopes = z.array(z.object({ topic: z.string(), notice: z.unknown() }));

/** A notice with its topic, so that both are of one type. */
export type Told = {
  [Topic in keyof Notices]: { readonly topic: Topic; readonly notice: Notices[Topic] };
}[keyof Notices];

/** Behind the name of the server that tells. */
export const encodeNotices = (server: string, told: readonly Told[]): string => `${server} ${JSON.stringify(told)}`;

/**
 * Those of other servers than this one, without topics of another version; one that cannot be read takes no other with it. Throws on
 * anything else than notices.
 */
export function decodeNotices(message: string, server: string): { told: Told[]; failures: Error[] } {
  const told: Told[] = [];
  const failures: Error[] = [];
  if (message.startsWith(server)) return { told, failures };
  for (const { topic, notice } of Envelopes.parse(JSON.parse(message.slice(message.indexOf(' ') + 1)))) {
    if (!Object.hasOwn(SCHEMAS, topic)) continue;
    const parsed = SCHEMAS[topic as keyof Notices].safeParse(notice);
    if (parsed.success) told.push({ topic, notice: parsed.data } as Told);
    else failures.push(parsed.error);
  }
  return { told, failures };
}
