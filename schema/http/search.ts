/** Response shape of searching messages. Times are ms since 1970. */
import { z } from '@hono/zod-openapi';

const Range = z.tuple([z.int().min(0), z.int().min(0)]).readonly();

export const FoundMessage = z
  .object({
    conversation: z.string(),
    id: z.string(),
    epoch: z.int().min(0),
    from: z.string(),
    at: z.number(),
    excerpt: z.object({
      /** Plain text of one line: the part of the message around the first match. */
      text: z.string(),
      /** Where it matches, in UTF-16 units: from the first to the one behind the last. */
      highlights: z.array(Range).readonly(),
    }),
  })
  .openapi('FoundMessage');
export type FoundMessage = z.infer<typeof FoundMessage>;
