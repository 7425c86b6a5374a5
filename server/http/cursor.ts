/** Cursors of lists: opaque to clients, so that what a page is ordered by may change. */
import type { z } from '@hono/zod-openapi';
import { HttpProblem } from './problem.ts';

export const encodeCursor = (position: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(position)).toString('base64url');

/** Reads a cursor; throws a 400 for anything that is none of this list's. */
export function requireCursor<Position>(cursor: string, shape: z.ZodType<Position>): Position {
  const read = shape.safeParse(parse(cursor));
  if (!read.success)
    throw new HttpProblem(400, { detail: 'This is no cursor of this list: take it from the answer before' });
  return read.data;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined; // no shape fits it
  }
}
