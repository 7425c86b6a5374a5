/**
 * Builds and serves the page of the user interface's scenes (`client/ui/testing`), and opens scenes in Chromium at a size
 * and in a theme. For screenshots and for tests of the interface alone: no server of ours, no account, no database.
 */

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import react from '@vitejs/plugin-react';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { slimEmoji } from '../../scripts/slim-emoji.ts';
import { FAKE_MICROPHONE } from './fake-microphone.ts';

const client = join(import.meta.dirname, '..');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

/** As strict as the app's own policy, so that a script or style it would block shows here. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'";

export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;

export interface FixturePage extends AsyncDisposable {
  readonly browser: Browser;
  /** Opens a scene in a context of its own; close the page's context afterwards. */
  open(
    scene: string,
    options?: { size?: keyof typeof SIZES; theme?: 'light' | 'dark'; touch?: boolean; language?: string },
  ): Promise<Page>;
  /** Shows another scene in a page that is open, which is much faster than another context. Storage stays as it is. */
  show(page: Page, scene: string): Promise<void>;
}

export async function serveFixture({ executablePath }: { executablePath: string }): Promise<FixturePage> {
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
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': POLICY,
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', ...FAKE_MICROPHONE],
  });

  const go = async (page: Page, scene: string): Promise<void> => {
    await page.goto(`${origin}/?scene=${scene}`);
    await page.locator('#app > *').first().waitFor();
  };
  return {
    browser,
    async open(scene, { size = 'desktop', theme = 'light', touch = false, language = 'en-GB' } = {}) {
      const context = await browser.newContext({
        viewport: SIZES[size],
        colorScheme: theme,
        locale: language,
        hasTouch: touch,
        isMobile: touch,
        permissions: ['clipboard-read', 'clipboard-write', 'microphone'],
      });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      await go(page, scene);
      return page;
    },
    show: go,
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
