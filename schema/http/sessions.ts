/** Request and response shapes of one's signed-in devices. Times are ms since 1970. No token is in any of them. */
import { z } from '@hono/zod-openapi';

export const DeviceSession = z
  .object({
    id: z.string(),
    /** From the user agent at sign-in, each as far as it is known: "Chrome", "Linux", "iPhone"; of a program its own name. */
    browser: z.string().optional(),
    system: z.string().optional(),
    kind: z.enum(['computer', 'phone', 'tablet', 'unknown']),
    /** The session that asks. */
    isCurrent: z.boolean(),
    signedInAt: z.number(),
    /** Exact to some minutes. */
    seenAt: z.number(),
    /** It is connected, or was until a moment ago. */
    isActive: z.boolean(),
  })
  .openapi('DeviceSession');
export type DeviceSession = z.infer<typeof DeviceSession>;

export const DeviceSessionList = z.object({ items: z.array(DeviceSession) }).openapi('DeviceSessionList');
