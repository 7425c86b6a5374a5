/**
 * The signed-in person. Reading it also prolongs the session, once a day: it is what an app asks for when it starts. Deleting
 * it ends the account; better-auth's own way would take the person's name out of conversations that others keep.
 */
import { createRoute } from '@hono/zod-openapi';
import { deleteCookie } from 'hono/cookie';
import { DeleteMe, Me, PatchMe } from '../../schema/http/conversations.ts';
import { KEY_SCOPES } from '../../schema/http/keys.ts';
import type { UserId } from '../../schema/ids.ts';
import { announcePerson } from '../account/announce-person.ts';
import { announceDeletion, deleteAccount } from '../account/delete-account.ts';
import { SESSION_SECONDS, SESSION_UPDATE_SECONDS } from '../auth/auth.ts';
import { sessionCookieName } from '../auth/credentials.ts';
import { inTransaction } from '../database/transaction.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { createLimit, limitBy } from './rate-limits.ts';
import { body, bodyProblems, json, problems, security, securityOf } from './responses.ts';

const getMe = createRoute({
  method: 'get',
  path: '/api/me',
  tags: ['people'],
  summary: 'The signed-in person',
  security: securityOf(...KEY_SCOPES),
  responses: { 200: json(Me, 'The signed-in person'), ...problems() },
});

const patchMe = createRoute({
  method: 'patch',
  path: '/api/me',
  tags: ['people'],
  summary: "Change one's name or status",
  description: 'All devices of all who share a conversation hear of it at once. `status` null removes it.',
  security,
  request: { body: body(PatchMe) },
  responses: { 200: json(Me, 'The signed-in person'), ...bodyProblems() },
});

const deleteMe = createRoute({
  method: 'delete',
  path: '/api/me',
  tags: ['people'],
  summary: 'Delete the account',
  description:
    'At once: nobody can sign in, all sessions end, groups are left, and the person has no name any more. What they wrote stays for those they wrote to, or is erased within seconds with `erase`. A wrong password is a 403.',
  security,
  request: { body: body(DeleteMe) },
  responses: { 204: { description: 'The account is gone' }, ...bodyProblems() },
});

const GONE = { detail: 'The account is gone' };

type Dependencies = Pick<HttpDependencies, 'pool' | 'auth' | 'clock' | 'fanOut' | 'eraser' | 'config' | 'limitStore'>;

export function meRoutes({ pool, auth, clock, fanOut, eraser, config, limitStore }: Dependencies) {
  const { baseUrl } = config;
  const limitGuesses = limitBy(createLimit('account', { config, limitStore }), (c) => c.var.session.user);
  const limitProfile = limitBy(createLimit('profile', { config, limitStore }), (c) => c.var.session.user);
  return createRoutes()
    .openapi(getMe, async (c) => {
      const { user, expiresAt, via } = c.var.session;
      const me = await loadMe(pool, user);
      if (via !== 'key' && expiresAt - clock.now() < (SESSION_SECONDS - SESSION_UPDATE_SECONDS) * 1_000) {
        const headers = await auth.prolong(c.req.raw.headers);
        for (const [name, value] of headers)
          if (name === 'set-cookie' || name === 'set-auth-token') c.header(name, value, { append: true });
      }
      return c.json(me, 200);
    })
    .openapi({ ...patchMe, middleware: limitProfile }, async (c) => {
      const { user } = c.var.session;
      const { name, status } = c.req.valid('json');
      const { rowCount } = await pool.query(
        `update users set name = coalesce($2, name), status = case when $3 then $4 else status end, updated_at = now()
         where id = $1 and deleted_at is null`,
        [user, name ?? null, status !== undefined, status ?? null],
      );
      if (rowCount === 0) throw new HttpProblem(401, GONE);
      await announcePerson({ pool, fanOut }, user);
      return c.json(await loadMe(pool, user), 200);
    })
    .openapi({ ...deleteMe, middleware: limitGuesses }, async (c) => {
      const { user } = c.var.session;
      const { password, erase } = c.req.valid('json');
      if (!(await auth.isPassword(user, password)))
        throw new HttpProblem(403, { detail: 'The password is wrong', code: 'INVALID_PASSWORD' });
      const deleted = await inTransaction(pool, (client) => deleteAccount(client, { user, erase }));
      if (!deleted) throw new HttpProblem(401, GONE);
      announceDeletion(fanOut, { user, at: clock.now(), deleted });
      eraser.poke();
      deleteCookie(c, sessionCookieName(baseUrl), { path: '/', secure: baseUrl?.startsWith('https:') ?? false });
      return c.body(null, 204);
    });
}

type MeRow = Pick<Me, 'id' | 'name' | 'email'> & {
  readonly status: string | null;
  readonly picture: string | null;
  readonly is_admin: boolean;
};

async function loadMe(pool: HttpDependencies['pool'], user: UserId): Promise<Me> {
  const { rows } = await pool.query<MeRow>({
    name: 'me',
    text: `select u.id, name, email, status, p.id as picture, is_admin from users u left join pictures p on p."user" = u.id
           where u.id = $1`,
    values: [user],
  });
  if (!rows[0]) throw new HttpProblem(401, GONE);
  const { status, picture, is_admin: isAdmin, ...me } = rows[0];
  return {
    ...me,
    ...(status !== null && { status }),
    ...(picture !== null && { picture }),
    ...(isAdmin && { isAdmin }),
  };
}
