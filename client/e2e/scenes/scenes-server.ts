/**
 * Builds the page of the user interface's scenes (`client/ui/testing`) and serves it: once for all tests of a run, as a build takes
 * seconds of both cores.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { slimEmoji } from '../../../scripts/slim-emoji.ts';
import { contentTypeOf } from '../content-types.ts';

const client = join(import.meta.dirname, '../..');

/** As strict as the app's own policy, so that a script or style it would block shows here. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'";

export interface ScenesServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:40001`. */
  readonly origin: string;
}

export async function serveScenes(): Promise<ScenesServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-fixture-'));
  // Tests run with another NODE_ENV, and React's builds differ by it; people get the one for production.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  await build({
    configFile: false,
    root: join(client, 'ui/testing'),
    publicDir: join(client, 'public'),
    plugins: [react(), slimEmoji()],
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  });
  if (environment === undefined) delete process.env.NODE_ENV;
  else process.env.NODE_ENV = environment;

  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname);
    const name = extname(path) ? path : '/index.html';
    const body = await readFile(join(folder, name)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, {
      'content-type': contentTypeOf(name),
      'content-security-policy': POLICY,
      // Their names change with what is in them.
      ...(path.startsWith('/assets/') && { 'cache-control': 'public, max-age=31536000, immutable' }),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
