/** One's API keys: make, list and delete them. Only a signed-in person does; no key makes or ends keys. */
import { createRoute, z } from '@hono/zod-openapi';
import { type ApiKey, ApiKeyList, CreateApiKey, CreatedApiKey, type KeyScope } from '../../schema/http/keys.ts';
import { generateApiKey } from '../auth/api-keys.ts';
import { randomId } from '../auth/auth.ts';
import { inTransaction } from '../database/transaction.ts';
import { createRoutes, type HttpDependencies } from './environment.ts';
import { HttpProblem } from './problem.ts';
import { body, bodyProblems, json, problems, security } from './responses.ts';

/** More programs than anybody has; who needs another one deletes what is not used. */
const MAX_KEYS = 100;

const tags = ['keys'];

const create = createRoute({
  method: 'post',
  path: '/api/keys',
  tags,
  summary: 'Make an API key',
  description:
    'For bots and integrations: `Authorization: Bearer tw_…` acts as this account within the scopes. The key is answered this once; only a hash of it is stored. For a bot, make an account of its own.',
  security,
  request: { body: body(CreateApiKey) },
  responses: { 201: json(CreatedApiKey, 'The key'), ...bodyProblems(409) },
});

const list = createRoute({
  method: 'get',
  path: '/api/keys',
  tags,
  summary: "One's API keys, the newest first; also those that have expired",
  security,
  responses: { 200: json(ApiKeyList, 'Keys'), ...problems() },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/keys/{id}',
  tags,
  summary: 'Delete an API key: the next request that shows it is refused',
  security,
  request: { params: z.object({ id: z.string().max(64) }) },
  responses: { 204: { description: 'It is gone' }, ...problems(404) },
});

interface Row {
  readonly id: string;
  readonly name: string;
  readonly start: string;
  readonly scopes: KeyScope[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly used_at: Date | null;
}

const COLUMNS = 'id, name, start, scopes, created_at, expires_at, used_at';

export const keyRoutes = ({ pool, clock }: Pick<HttpDependencies, 'pool' | 'clock'>) =>
  createRoutes()
    .openapi(create, async (c) => {
      const { name, scopes, expiresAt } = c.req.valid('json');
      if (expiresAt !== undefined && expiresAt <= clock.now())
        throw new HttpProblem(422, { errors: [{ path: 'expiresAt', message: 'This time has passed' }] });
      const { key, hash, start } = generateApiKey();
      const { user } = c.var.session;
      const expires = expiresAt === undefined ? null : new Date(expiresAt);
      const row = await inTransaction(pool, async (client) => {
        // Two requests at once must not both find one place left.
        await client.query('select from users where id = $1 for no key update', [user]);
        const { rows } = await client.query<Row>(
          `insert into api_keys (id, "user", name, hash, start, scopes, expires_at)
           select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from api_keys where "user" = $2) < ${MAX_KEYS}
           returning ${COLUMNS}`,
          [randomId(), user, name, hash, start, scopes, expires],
        );
        return rows[0];
      });
      if (!row) throw new HttpProblem(409, { detail: `An account has at most ${MAX_KEYS} API keys: delete one first` });
      return c.json({ ...apiKey(row), key }, 201);
    })
    .openapi(list, async (c) => {
      const { rows } = await pool.query<Row>(
        `select ${COLUMNS} from api_keys where "user" = $1 order by created_at desc, id`,
        [c.var.session.user],
      );
      return c.json({ items: rows.map(apiKey) }, 200);
    })
    .openapi(remove, async (c) => {
      const { rowCount } = await pool.query('delete from api_keys where id = $1 and "user" = $2', [
        c.req.valid('param').id,
        c.var.session.user,
      ]);
      if (rowCount === 0) throw new HttpProblem(404, { detail: 'There is no such API key' });
      return c.body(null, 204);
    });

const apiKey = ({ id, name, start, scopes, created_at, expires_at, used_at }: Row): ApiKey => ({
  id,
  name,
  start,
  scopes,
  createdAt: created_at.getTime(),
  ...(expires_at && { expiresAt: expires_at.getTime() }),
  ...(used_at && { usedAt: used_at.getTime() }),
});
