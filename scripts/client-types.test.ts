/** Whoever copies the types of the HTTP API gets those of this version. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { CLIENT_TYPES, makeClientTypes } from './client-types.ts';

test('the types in examples/client are those of the routes', { timeout: 60_000 }, async () => {
  const isFresh = (await readFile(CLIENT_TYPES, 'utf8')) === (await makeClientTypes());
  expect(isFresh, 'They are stale: npm run client-types').toBe(true);
});
