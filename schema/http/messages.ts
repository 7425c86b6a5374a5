/** Request and response shapes of projected messages. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';

/** Its bytes are at `/api/files/{id}`. */
export const ProjectedFile = z
  .object({
    id: z.string(),
    name: z.string(),
    /** Media type as the sender's device said. */
    type: z.string(),
    /** Bytes. */
    size: z.int(),
    /** Of a picture, in px. */
    width: z.int().optional(),
    height: z.int().optional(),
    /** Of a picture: a few pixels of it as a `data:` address. */
    preview: z.string().optional(),
    /** Of a voice message: ms. */
    duration: z.int().optional(),
    /** Of a voice message: how loud it is from its beginning to its end, 48 steps from 0 to v. */
    peaks: z.string().optional(),
  })
  .openapi('File');
/** By emoji, who gave it. */
export const MessageReactions = z
  .array(z.object({ emoji: z.string(), users: z.array(z.string()).readonly() }))
  .readonly()
  .openapi('Reactions');

export const ProjectedMessage = z
  .object({
    id: z.string(),
    from: z.string(),
    at: z.number(),
    /** null once deleted */
    text: z.string().nullable(),
    editedAt: z.number().optional(),
    deletedAt: z.number().optional(),
    by: z.string().optional(),
    re: z.string().optional(),
    files: z.array(ProjectedFile).optional(),
    /** Absent when nobody gave any */
    reactions: MessageReactions.optional(),
    /** The document it stands in, which its seq counts in. */
    epoch: z.int().min(0),
    seq: z.int(),
    committedAt: z.number(),
  })
  .openapi('Message');
export type ProjectedMessage = z.infer<typeof ProjectedMessage>;

/** A message as it is now, for copying into another system. */
export const SyncedMessage = ProjectedMessage.extend({ conversation: z.string() }).openapi('SyncedMessage');
export type SyncedMessage = z.infer<typeof SyncedMessage>;

/** The write path judges the text: a text it refuses is answered with the refusal's kind. */
export const PostMessage = z.object({ text: z.string(), re: z.string().max(32).nullish() }).openapi('PostMessage');
export type PostMessage = z.infer<typeof PostMessage>;

export const PostedMessage = z.object({ id: z.string(), seq: z.int() }).openapi('PostedMessage');
export type PostedMessage = z.infer<typeof PostedMessage>;
