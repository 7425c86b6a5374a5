/** The service worker on the built app: starts without a network, changes version when asked, keeps its hands off the rest. */
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { contentTypeOf } from './content-types.ts';

const folder = join(import.meta.dirname, '../../dist/client');
let server: Server;
let browser: Browser;
let page: Page;
let version = 1;
const answered: string[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    answered.push(pathname);
    if (pathname.startsWith('/api/')) {
      response.writeHead(401, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ type: 'about:blank', title: 'Unauthorized', status: 401 }));
      return;
    }
    const name = extname(pathname) ? pathname : '/index.html';
    const file = await readFile(join(folder, name)).catch(() => undefined);
    response.writeHead(file ? 200 : 404, { 'content-type': contentTypeOf(name) });
    response.end(file && pathname === '/service-worker.js' ? `${file}\n// version ${version}` : file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await chromium.launch({
    executablePath: inject('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  page = await browser.newPage({ baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  await page.goto('/');
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)');
});

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

const signInTitle = () => page.getByRole('heading', { name: 'Sign in' });

it('starts without a network, at any address of the app', async () => {
  await page.context().setOffline(true);
  for (const path of ['/', '/c/some-conversation']) {
    await page.goto(path);
    await signInTitle().waitFor();
  }
  await page.context().setOffline(false);
});

it('keeps no answer of the server, and answers none of its addresses with the app', async () => {
  await page.goto('/');
  await signInTitle().waitFor();
  const cached = await page.evaluate<string[]>(`
    caches.keys().then(async (names) => {
      const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return lists.flat().map((request) => new URL(request.url).pathname);
    })
  `);
  expect(cached).toContain('/index.html');
  expect(cached.filter((path) => /^\/(api|sync|documents|healthz|readyz|metrics)/.test(path))).toEqual([]);
  answered.length = 0;
  for (const path of ['/healthz', '/api/docs']) await page.goto(path);
  expect(answered).toEqual(expect.arrayContaining(['/healthz', '/api/docs']));
});

it('offers a new version, changes to it when asked, and leaves stored data alone', async () => {
  await page.goto('/');
  await signInTitle().waitFor();
  await page.evaluate(`new Promise((resolve, reject) => {
    const request = indexedDB.open('precious', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('things').put('kept', 'thing');
    request.onsuccess = () => (request.result.close(), resolve());
    request.onerror = () => reject(request.error);
  })`);
  await page.evaluate('window.isOldPage = true');
  version = 2;
  await page.evaluate('navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => undefined)');
  await page.getByText('A new version is ready').waitFor();
  expect(await page.evaluate('window.isOldPage')).toBe(true);
  await page.getByRole('button', { name: 'Reload' }).click();
  await page.waitForFunction('window.isOldPage === undefined');
  await signInTitle().waitFor();
  await expect.poll(() => page.getByText('A new version is ready').isVisible()).toBe(false);
  const names = await page.evaluate<string[]>('indexedDB.databases().then((all) => all.map((one) => one.name))');
  expect(names).toContain('precious');
});
