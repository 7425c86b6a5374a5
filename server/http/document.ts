/**
 * The OpenAPI document of all routes, and a page that shows it. The page's script and style come from this server, so it
 * works without the internet and under the content security policy.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Hono } from 'hono';
import { sessionCookieName } from '../auth/credentials.ts';
import type { createRoutes, Environment } from './environment.ts';
import { KEY_SCHEME, registerProblems } from './responses.ts';

const TITLE = 'Tidewire';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${TITLE} API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<script src="/api/docs/swagger-ui-bundle.js" defer></script>
<script src="/api/docs/start.js" defer></script>
</head>
<body><div id="document"></div></body>
</html>
`;

const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#document', deepLinking: true });\n`;

/** The files of swagger-ui-dist that the page needs; it has others, which are not served. */
const ASSETS = { 'swagger-ui.css': 'text/css', 'swagger-ui-bundle.js': 'text/javascript' } as const;

/** They change only with a new release of ours. */
const ASSET_CACHING = 'public, max-age=3600';

/** `app` has all other routes already, or gets them before the first request. */
export function documentRoutes(app: ReturnType<typeof createRoutes>, baseUrl: string | undefined): Hono<Environment> {
  app.openAPIRegistry.registerComponent('securitySchemes', 'cookie', {
    type: 'apiKey',
    in: 'cookie',
    name: sessionCookieName(baseUrl),
    description: 'Set by signing in; requests that change something need the Origin of this server',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'The `set-auth-token` header of signing in, or a JSON Web Token from `/api/auth/token`',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', KEY_SCHEME, {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'tw_…',
    description:
      'An API key from `POST /api/keys`, acting as the account that made it. It needs one of the named scopes; where none is named, keys are refused (403).',
  });
  registerProblems(app.openAPIRegistry);
  let document: object | undefined;
  const generate = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: TITLE,
        version: '1',
        description:
          'Errors are problem documents (RFC 9457). Lists answer `{items, next?}`; as long as there is a `next`, ask again with it as `cursor`, beside the same other parameters.',
        license: { name: 'MIT' },
      },
      servers: [{ url: baseUrl ?? '/' }],
    });
  const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

  const routes = new Hono<Environment>();
  routes.get('/api/openapi.json', (c) => {
    document ??= generate();
    return c.json(document);
  });
  routes.get('/api/docs', (c) => c.html(PAGE));
  routes.get('/api/docs/start.js', (c) => c.body(START, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  for (const [name, type] of Object.entries(ASSETS)) {
    routes.get(`/api/docs/${name}`, async (c) => {
      const file = await readFile(join(folder, name));
      const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': ASSET_CACHING };
      return c.body(new Uint8Array(file), 200, headers);
    });
  }
  return routes;
}
