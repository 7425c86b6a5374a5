/**
 * The HTTP edge: what every request passes, in order, and all routes. Whatever goes wrong is answered with a problem
 * document. Knows nothing of documents or rooms beyond the functions it is given; pages and files are added by others.
 */
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { adminRoutes, requireAdmin } from './admin.ts';
import { installationRoutes } from './admin-installation.ts';
import { archiveRoutes } from './archive.ts';
import { authRoutes } from './auth.ts';
import { requireSession } from './authenticate.ts';
import { changeRoutes } from './changes.ts';
import { conversationRoutes } from './conversations.ts';
import { deviceRoutes } from './devices.ts';
import { documentRoutes } from './document.ts';
import { createRoutes, type Environment, type HttpDependencies } from './environment.ts';
import { exportRoutes } from './export.ts';
import { fileRoutes, isUpload } from './files.ts';
import { healthRoutes } from './health.ts';
import { inviteRoutes } from './invites.ts';
import { keyRoutes } from './keys.ts';
import { meRoutes } from './me.ts';
import { memberRoutes } from './members.ts';
import { messageRoutes } from './messages.ts';
import { observe } from './observe.ts';
import { pictureRoutes } from './pictures.ts';
import { pinRoutes } from './pins.ts';
import { HttpProblem, problemResponse } from './problem.ts';
import { createLimit, limitBy } from './rate-limits.ts';
import { createScopesOf } from './scopes.ts';
import { searchRoutes } from './search.ts';
import { securityHeaders } from './security-headers.ts';
import { sessionRoutes } from './sessions.ts';
import { snapshotRoutes } from './snapshots.ts';
import { userRoutes } from './users.ts';
import { webhookDeliveryRoutes } from './webhook-deliveries.ts';
import { webhookRoutes } from './webhooks.ts';

/** Eight thousand characters of text are at most 32 kB in UTF-8; a thousand member ids fit too. */
const MAX_BODY_BYTES = 64 * 1024;

const neverStored = createMiddleware<Environment>(async (c, next) => {
  await next();
  if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
});

export function createApp(dependencies: HttpDependencies) {
  const { config } = dependencies;
  const app = createRoutes();

  app.onError((error, c) => {
    if (error instanceof HttpProblem) return error.getResponse();
    if (error instanceof HTTPException) return problemResponse(error.status, { detail: error.message });
    // PostgreSQL's "character not in repertoire": the one thing that text may hold and Postgres may not.
    if ((error as { code?: string }).code === '22021')
      return problemResponse(400, { detail: 'Text may not contain the character U+0000' });
    c.var.log.error({ err: error }, 'A request failed');
    return problemResponse(500);
  });
  app.notFound(() => problemResponse(404));

  app.use(
    '*',
    observe(dependencies),
    securityHeaders({ baseUrl: config.baseUrl, push: dependencies.pushSetup.transport }),
  );
  app.use(
    '/api/*',
    limitBy(createLimit('address', dependencies), (c) => c.var.address),
  );
  // What is left of the body is never read, so the connection is of no further use.
  const tooLarge = () => problemResponse(413, {}, { connection: 'close' });
  const limitBody = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });
  app.use('/api/*', (c, next) => (isUpload(c.req) ? next() : limitBody(c, next)), neverStored);

  const session = requireSession({ ...dependencies, scopesOf: createScopesOf(app) });
  const limitDevice = limitBy(createLimit('device', dependencies), (c) => c.var.session.id);
  const limitUser = limitBy(createLimit('user', dependencies), (c) => c.var.session.user);
  for (const path of [
    '/api/me/*',
    '/api/sessions/*',
    '/api/keys/*',
    '/api/users',
    '/api/conversations/*',
    '/api/invites/*',
    '/api/search',
    '/api/messages/*',
    '/api/files/*',
    '/api/pictures/*',
    '/api/devices/*',
    '/api/push',
    '/api/webhooks/*',
    '/api/admin/*',
  ])
    app.use(path, session, limitDevice, limitUser);
  app.use('/api/admin/*', requireAdmin(dependencies));

  const parts = [
    authRoutes,
    meRoutes,
    pictureRoutes,
    sessionRoutes,
    keyRoutes,
    userRoutes,
    conversationRoutes,
    memberRoutes,
    inviteRoutes,
    pinRoutes,
    messageRoutes,
    changeRoutes,
    searchRoutes,
    snapshotRoutes,
    exportRoutes,
    archiveRoutes,
    fileRoutes,
    deviceRoutes,
    webhookRoutes,
    webhookDeliveryRoutes,
    adminRoutes,
    installationRoutes,
    healthRoutes,
  ];
  for (const routes of parts) app.route('/', routes(dependencies));
  app.route('/', documentRoutes(app, config.baseUrl));
  refuseOtherMethods(app);
  // What comes after this app serves pages; an unknown address of the API is never a page.
  app.all('/api/*', () => problemResponse(404));
  return app;
}

/** 405 where an address exists, but not for this method. */
function refuseOtherMethods(app: ReturnType<typeof createRoutes>): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes)
    if (method !== 'ALL') methods.set(path, (methods.get(path) ?? new Set()).add(method));
  for (const [path, allowed] of methods) {
    const allow = [...allowed, ...(allowed.has('GET') ? ['HEAD'] : [])].join(', ');
    app.all(path, () => problemResponse(405, {}, { allow }));
  }
}
