import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { staticRoutes } from './static.ts';

const parent = mkdtempSync(join(tmpdir(), 'tidewire-static-'));
const folder = join(parent, 'client');
mkdirSync(join(folder, 'assets'), { recursive: true });
writeFileSync(join(parent, 'secret.txt'), 'outside');
const files = {
  'index.html': '<!doctype html>page',
  'sw.js': 'worker',
  'assets/app-1a2b.js': 'script',
  'assets/app-1a2b.js.gz': 'compressed',
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
afterAll(() => rmSync(parent, { recursive: true }));

const app = staticRoutes({ folder }).notFound((c) => c.text('nobody has it', 404));

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await app.request(path, { headers });
  return {
    status: response.status,
    text: await response.text(),
    cache: response.headers.get('cache-control'),
    type: response.headers.get('content-type'),
    encoding: response.headers.get('content-encoding'),
  };
}

test('hashed assets may be kept for ever', async () => {
  const answer = await get('/assets/app-1a2b.js');
  expect(answer).toMatchObject({ status: 200, text: 'script', cache: 'public, max-age=31536000, immutable' });
  expect(answer.type).toMatch(/^text\/javascript/);
});

test('who accepts compression gets what the build compressed', async () => {
  const answer = await get('/assets/app-1a2b.js', { 'accept-encoding': 'gzip, deflate' });
  expect(answer).toMatchObject({ text: 'compressed', encoding: 'gzip' });
});

test('a missing asset is a 404 that nobody keeps, not the page', async () => {
  expect(await get('/assets/app-9z.js')).toMatchObject({ status: 404, text: 'nobody has it', cache: 'no-store' });
  expect(await get('/missing.js')).toMatchObject({ status: 404, cache: 'no-store' });
});

test.each(['/', '/c/abc', '/settings', '/index.html'])('%s is the page, asked for again every time', async (path) => {
  expect(await get(path)).toMatchObject({ status: 200, text: files['index.html'], cache: 'no-cache' });
});

test('the service worker is asked for again every time', async () => {
  expect(await get('/sw.js')).toMatchObject({ status: 200, text: 'worker', cache: 'no-cache' });
});

test.each(['/api/nothing', '/sync', '/documents/x.0', '/metrics'])('%s is not the page', async (path) => {
  expect(await get(path)).toMatchObject({ status: 404, text: 'nobody has it' });
});

test.each(['/../secret.txt', '/%2e%2e/secret.txt', '/assets/..%2f..%2fsecret.txt', '/..%5csecret.txt', '//secret.txt'])(
  '%s never leaves the folder',
  async (path) => {
    // A URL object would resolve the dots before the app could see them.
    const request = {
      ...new Request('http://host/'),
      method: 'GET',
      url: `http://host${path}`,
      headers: new Headers(),
    };
    const response = await app.fetch(request as Request);
    expect(await response.text()).not.toBe('outside');
  },
);
