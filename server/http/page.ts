/** Parameters that lists share: how much is asked for, and where the list goes on. */
import { z } from '@hono/zod-openapi';

/** Who asks for more than `max` gets that many and a cursor: a client need not know the limits of each list. */
export const pageLimit = ({ usual, max }: { usual: number; max: number }) =>
  z.coerce
    .number()
    .int()
    .min(1)
    .default(usual)
    .transform((asked) => Math.min(asked, max))
    .openapi({
      // What a transform hides from the document.
      ...{ type: 'integer', minimum: 1, default: usual },
      description: `A page holds at most ${max}, whatever is asked for`,
    });

/** The same name on every list, so that one loop goes through them all. */
export const pageCursor = z
  .string()
  .max(512)
  .optional()
  .openapi({ description: '`next` of the answer before, beside the same other parameters' });
