/** Request and response shapes of people, conversations and members. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';
import {
  MAX_COUNTED_UNREAD,
  MAX_DESCRIPTION_CHARACTERS,
  MAX_MEMBERS,
  MAX_NAME_CHARACTERS,
  MAX_STATUS_CHARACTERS,
  MAX_TITLE_CHARACTERS,
} from '../limits.ts';
import { isLine } from '../line.ts';

export const Role = z.enum(['owner', 'admin', 'member']);
export type Role = z.infer<typeof Role>;

/** What became of a person who deleted their account: clients say so in the reader's language. */
const isDeleted = z.literal(true).optional();

/** What somebody says of themselves, and under which id `/api/pictures/{id}` has their picture; absent is none. */
const status = z.string().optional();
const picture = z.string().optional();

export const Me = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    status,
    picture,
    /** May run the installation: `/api/admin`. */
    isAdmin: z.literal(true).optional(),
  })
  .openapi('Me');
export type Me = z.infer<typeof Me>;

/** `erase`: also everything one wrote, in all conversations. */
export const DeleteMe = z.object({ password: z.string().max(128), erase: z.boolean() }).openapi('DeleteMe');
export type DeleteMe = z.infer<typeof DeleteMe>;

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine(isLine, 'It is one line with something to be seen in it, and no control characters');

/** What is absent stays; `status` null: none any more. */
export const PatchMe = z
  .object({ name: line(MAX_NAME_CHARACTERS).optional(), status: line(MAX_STATUS_CHARACTERS).nullable().optional() })
  .refine(({ name, status }) => name !== undefined || status !== undefined, 'Change something')
  .openapi('PatchMe');
export type PatchMe = z.infer<typeof PatchMe>;

export const Picture = z.object({ picture: z.string() }).openapi('Picture');
export type Picture = z.infer<typeof Picture>;

export const User = z.object({ id: z.string(), name: z.string(), picture }).openapi('User');
export type User = z.infer<typeof User>;

/** Who cannot sign in for the time being; what they wrote stays, and what is written to them waits. */
const isDeactivated = z.literal(true).optional();

export const Member = z
  .object({ id: z.string(), name: z.string(), status, picture, role: Role, isDeleted, isDeactivated })
  .openapi('Member');
export type Member = z.infer<typeof Member>;

/** A message that is held up for all members. */
export const Pin = z
  .object({
    message: z.string(),
    /** Who pinned it. */
    by: z.string(),
    at: z.number(),
  })
  .openapi('Pin');
export type Pin = z.infer<typeof Pin>;

const Title = z.string().trim().min(1).max(MAX_TITLE_CHARACTERS);
const Description = z.string().trim().min(1).max(MAX_DESCRIPTION_CHARACTERS);

export const Conversation = z
  .object({
    id: z.string(),
    title: z.string().nullable(),
    /** What the group is for. */
    description: z.string().optional(),
    /** Of a group. */
    picture,
    kind: z.enum(['direct', 'group']),
    epoch: z.int().min(0),
    /** The document of the open epoch. */
    document: z.string(),
    members: z.array(Member),
    /** Messages are deleted for everyone so many days after they became durable; absent: never. */
    retentionDays: z.int().positive().optional(),
    /** The newest first; absent: none. */
    pins: z.array(Pin).optional(),
  })
  .openapi('Conversation');
export type Conversation = z.infer<typeof Conversation>;

export const ConversationListItem = Conversation.extend({
  /** Messages of others, not deleted and not read, since the newest epoch in which this person has read anything. */
  unread: z.int().min(0).max(MAX_COUNTED_UNREAD),
  /** Grows whenever text was edited or deleted in a closed epoch: who keeps a copy of such epochs brings them up to date. */
  erased: z.int().min(0),
  /** The newest message, `text` shortened to a preview; null once deleted, absent in an empty conversation. */
  last: z.object({ id: z.string(), from: z.string(), at: z.number(), text: z.string().nullable() }).optional(),
}).openapi('ConversationListItem');
export type ConversationListItem = z.infer<typeof ConversationListItem>;

/** One other member and no title makes a direct conversation, anything else a group; one without others needs a title. */
export const CreateConversation = z
  .object({
    /** null, as answers have it: none. */
    title: Title.nullish(),
    memberIds: z.array(z.string().min(1).max(64)).max(MAX_MEMBERS - 1),
  })
  .openapi('CreateConversation');
export type CreateConversation = z.infer<typeof CreateConversation>;

/** What is absent stays; `description` null removes it. */
export const PatchConversation = z
  .object({ title: Title.optional(), description: Description.nullable().optional() })
  .refine(({ title, description }) => title !== undefined || description !== undefined, 'Change something')
  .openapi('PatchConversation');
export type PatchConversation = z.infer<typeof PatchConversation>;

/** Without a role: whoever is no member yet becomes a plain one, whoever is one keeps theirs. */
export const PutMember = z.object({ role: Role.optional() }).openapi('PutMember');
export type PutMember = z.infer<typeof PutMember>;
