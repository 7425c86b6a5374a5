/** Which route a request is for, asked by middleware that runs before it. */
import type { Context } from 'hono';
import { matchedRoutes } from 'hono/route';

export interface Route {
  readonly method: string;
  readonly path: string;
}

/** Undefined when no route answers this method at this address. */
export const matchedRoute = (c: Context): Route | undefined => matchedRoutes(c).find(({ method }) => method !== 'ALL');
