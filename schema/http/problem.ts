/** RFC 9457 problem documents: the one shape of every HTTP error. */
import { z } from '@hono/zod-openapi';

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export const Problem = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string().openapi({ example: 'Not Found' }),
    status: z.int(),
    /** What is wrong and what to do about it. */
    detail: z.string().optional(),
    instance: z.string().optional(),
    /** For invalid input: where, and what is wrong there. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    /** For a message that the write path refused: a kind of `schema/refusals.ts`. */
    kind: z.string().optional(),
    /** For accounts: what better-auth calls the error. */
    code: z.string().optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof Problem>;
