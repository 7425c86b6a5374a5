/** Request and response shapes of links into a group. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';
import { MAX_INVITE_SECONDS, MAX_MEMBERS } from '../limits.ts';
import { Role } from './conversations.ts';

export const CreateInvite = z
  .object({
    /** Seconds from now, so that the clock of a device does not matter. */
    expiresIn: z
      .int()
      .min(60)
      .max(MAX_INVITE_SECONDS)
      .default(7 * 24 * 3_600),
    /** So many people may come in by it; without it as many as the group has room for. */
    maxUses: z.int().min(1).max(MAX_MEMBERS).optional(),
  })
  .openapi('CreateInvite');
export type CreateInvite = z.input<typeof CreateInvite>;

export const Invite = z
  .object({
    id: z.string(),
    /** Lets whoever is signed in become a member. The app's link is `/invite#<token>`: what stands behind `#` reaches no server. */
    token: z.string(),
    /** Who made it. */
    by: z.string(),
    createdAt: z.number(),
    expiresAt: z.number(),
    uses: z.int().min(0),
    maxUses: z.int().optional(),
  })
  .openapi('Invite');
export type Invite = z.infer<typeof Invite>;

export const InviteList = z.object({ items: z.array(Invite) }).openapi('InviteList');

/** What somebody who was invited sees before they join. */
export const Invitation = z
  .object({
    conversation: z.object({
      id: z.string(),
      title: z.string().nullable(),
      description: z.string().optional(),
      picture: z.string().optional(),
      members: z.int().min(0),
    }),
    by: z.object({ id: z.string(), name: z.string() }),
    expiresAt: z.number(),
    /** Absent before one has joined. */
    role: Role.optional(),
    /** Nobody can join before somebody leaves. */
    isFull: z.boolean(),
  })
  .openapi('Invitation');
export type Invitation = z.infer<typeof Invitation>;
