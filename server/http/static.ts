/**
 * The app's own files, as the build left them. Hashed assets never change and may be kept for ever; everything else is
 * asked for again, so that a new version is found. An asset that is missing is a 404 and never the page: a script that
 * turns out to be HTML would break the app, and its service worker would keep it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import type { Environment } from './environment.ts';

const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** What the server itself answers; none of it is a page of the app. */
const OURS = /^\/(api|assets|sync|documents|healthz|readyz|metrics)(\/|$)/;

/** `folder` has the client's build. Paths of the app, which the client routes itself, get its page. */
export function staticRoutes({ folder }: { folder: string }): Hono<Environment> {
  const app = new Hono<Environment>();
  const page = join(folder, 'index.html');
  if (!existsSync(page)) {
    return app.get('/', (c) =>
      c.text('The app is not built: `npm run build` does it, `npm run dev` needs no build.\n', 404),
    );
  }
  const files = serveStatic<Environment>({ root: folder, precompressed: true });
  const index = serveStatic<Environment>({ path: page, precompressed: true });
  app.get('/assets/*', async (c, next) => {
    c.header('cache-control', FOR_EVER);
    return (await files(c, async () => {})) ?? missing(c, next);
  });
  app.get('*', async (c, next) => {
    if (OURS.test(c.req.path)) return next();
    c.header('cache-control', ASK_AGAIN);
    const isFile = /\.[^/]*$/.test(c.req.path);
    return (await (isFile ? files : index)(c, async () => {})) ?? missing(c, next);
  });
  return app;

  /** The app around us answers what nobody has, and that answer must not be kept. */
  function missing(c: { header(name: string, value: string): void }, next: () => Promise<void>): Promise<void> {
    c.header('cache-control', 'no-store');
    return next();
  }
}
