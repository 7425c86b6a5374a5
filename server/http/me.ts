/** The signed-in person. Reading it also prolongs the session, once a day: it is what an app asks for when it starts. */
import { createRoute } from '@hono/zod-openapi';
import { Me } from '../../schema/http/conversations.ts';
import { SESSION_SECONDS, SESSION_UPDATE_SECONDS } from '../auth/auth.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { json, problems, security } from './responses.ts';

const getMe = createRoute({
  method: 'get',
  path: '/api/me',
  tags: ['people'],
  summary: 'The signed-in person',
  security,
  responses: { 200: json(Me, 'The signed-in person'), ...problems() },
});

export const meRoutes = ({ pool, auth, clock }: Pick<HttpDependencies, 'pool' | 'auth' | 'clock'>) =>
  createRoutes().openapi(getMe, async (c) => {
    const { user, expiresAt } = c.var.session;
    const { rows } = await pool.query<Me>({
      name: 'me',
      text: 'select id, name, email from users where id = $1',
      values: [user],
    });
    const me = rows[0];
    if (!me) throw new HttpProblem(401, { detail: 'The account is gone' });
    if (expiresAt - clock.now() < (SESSION_SECONDS - SESSION_UPDATE_SECONDS) * 1_000) {
      const headers = await auth.prolong(c.req.raw.headers);
      for (const [name, value] of headers)
        if (name === 'set-cookie' || name === 'set-auth-token') c.header(name, value, { append: true });
    }
    return c.json(me, 200);
  });
