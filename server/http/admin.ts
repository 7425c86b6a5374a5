/**
 * What administrators do to accounts: list, make and unmake administrators, deactivate, reset passwords, delete. Signed-in
 * administrators only, never an API key; every act is in the audit log. None lets anybody read messages or write as another.
 */
import { createRoute, z } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { AdminUserList, PasswordReset, PatchAdminUser } from '../../schema/http/admin.ts';
import type { UserId } from '../../schema/ids.ts';
import type { Operator } from '../operators/audit.ts';
import { listUsers, type Position } from '../operators/listings.ts';
import { Operators, type Refused } from '../operators/operators.ts';
import { encodeCursor, requireCursor } from './cursor.ts';
import { createRoutes, type Environment, type HttpDependencies } from './environment.ts';
import { pageCursor, pageLimit } from './page.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { body, bodyProblems, json, problems, security } from './responses.ts';

const tags = ['administration'];
const params = z.object({ id: z.string().max(64) });

export const PagePosition: z.ZodType<Position> = z.tuple([z.int(), z.string()]);
export const pageQuery = {
  cursor: pageCursor,
  limit: pageLimit({ usual: 50, max: 200 }),
};

const list = createRoute({
  method: 'get',
  path: '/api/admin/users',
  tags,
  summary: 'Accounts, the newest first',
  description: 'With `query`: those whose name or email address has it in it, or whose id it is.',
  security,
  request: { query: z.object({ query: z.string().trim().max(254).default(''), ...pageQuery }) },
  responses: { 200: json(AdminUserList, 'A page'), ...problems() },
});

const patch = createRoute({
  method: 'patch',
  path: '/api/admin/users/{id}',
  tags,
  summary: 'Make or unmake an administrator; deactivate or reactivate an account',
  description:
    'Whoever is deactivated is out at once on all servers: sessions end, sockets close with 4401, API keys are refused, push targets go, nothing of theirs is committed any more. Nothing is erased. A 409: the last administrator stays.',
  security,
  request: { params, body: body(PatchAdminUser) },
  responses: { 204: { description: 'Done' }, ...bodyProblems(404, 409) },
});

const reset = createRoute({
  method: 'post',
  path: '/api/admin/users/{id}/password-reset',
  tags,
  summary: 'Void the password, sessions and API keys of an account, and get a link to set a new password',
  description: 'The link works once, for a day. Give it to its owner over a channel you trust.',
  security,
  request: { params },
  responses: { 201: json(PasswordReset, 'The link'), ...problems(404) },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/admin/users/{id}',
  tags,
  summary: 'Delete an account, as its owner would',
  description: 'With `erase=true` also everything they wrote, in all conversations, within seconds.',
  security,
  request: { params, query: z.object({ erase: z.enum(['true', 'false']) }) },
  responses: { 204: { description: 'The account is gone' }, ...problems(404, 409) },
});

/** Behind `requireSession`. Looked up with every request: who is unmade is out with the next one. */
export function requireAdmin({ pool }: Pick<HttpDependencies, 'pool'>) {
  return createMiddleware<Environment>(async (c, next) => {
    const { rowCount } = await pool.query({
      name: 'is-admin',
      text: 'select from users where id = $1 and is_admin and deactivated_at is null',
      values: [c.var.session.user],
    });
    return rowCount === 1 ? next() : problemResponse(403, { detail: 'Only administrators may do this' });
  });
}

export const operatorOf = (c: { readonly var: Environment['Variables'] }): Operator => ({
  via: 'api',
  user: c.var.session.user,
  origin: c.var.address,
});

type Dependencies = Pick<HttpDependencies, 'pool' | 'fanOut' | 'clock' | 'eraser' | 'config'>;

export function adminRoutes(dependencies: Dependencies) {
  const { pool, config } = dependencies;
  const operators = new Operators(dependencies);
  return createRoutes()
    .openapi(list, async (c) => {
      const { query, cursor, limit } = c.req.valid('query');
      const after = cursor === undefined ? undefined : requireCursor(cursor, PagePosition);
      const { items, end } = await listUsers(pool, { query: query.replaceAll('\0', ''), after, limit });
      return c.json({ items, ...(end && { next: encodeCursor(end) }) }, 200);
    })
    .openapi(patch, async (c) => {
      const user = c.req.valid('param').id as UserId;
      const change = c.req.valid('json');
      const by = operatorOf(c);
      if ('isAdmin' in change) requireDone(await operators.setAdmin(by, user, change.isAdmin));
      else requireDone(await (change.isDeactivated ? operators.deactivate(by, user) : operators.reactivate(by, user)));
      return c.body(null, 204);
    })
    .openapi(reset, async (c) => {
      const result = await operators.resetPassword(operatorOf(c), c.req.valid('param').id as UserId);
      if (typeof result === 'string') return requireDone(result);
      // The token stands behind the #, so that no server and no log ever sees it in an address.
      const link = `${config.baseUrl ?? new URL(c.req.url).origin}/reset-password#${result.token}`;
      return c.json({ ...result, link }, 201);
    })
    .openapi(remove, async (c) => {
      const isErasing = c.req.valid('query').erase === 'true';
      requireDone(await operators.deleteAccount(operatorOf(c), c.req.valid('param').id as UserId, isErasing));
      return c.body(null, 204);
    });
}

function requireDone(result: Refused): never;
function requireDone(result: Refused | 'done'): void;
function requireDone(result: Refused | 'done'): void {
  if (result === 'not-found') throw new HttpProblem(404, { detail: 'There is no such account' });
  if (result === 'last-admin')
    throw new HttpProblem(409, { detail: 'This is the last administrator: make somebody else one first' });
}
