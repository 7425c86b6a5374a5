import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { expect, test } from 'vitest';
import { pageLimit } from './page.ts';

const limit = pageLimit({ usual: 50, max: 200 });

test('a page holds what is asked for, but never more than its list allows', () => {
  const asked = [undefined, '1', '200', '201', '1000000'];
  expect(asked.map((text) => limit.parse(text))).toEqual([50, 1, 200, 200, 200]);
});

test('what is no number of things is refused', () => {
  for (const text of ['0', '-1', '1.5', 'many', '', 'Infinity', '1e99'])
    expect(limit.safeParse(text).success, text).toBe(false);
});

test('the document says where a limit begins and what is usual', () => {
  const request = { query: z.object({ limit }) };
  const app = new OpenAPIHono();
  app.openapi(
    createRoute({ method: 'get', path: '/list', request, responses: { 204: { description: 'A page' } } }),
    (c) => c.body(null, 204),
  );
  const { paths } = app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Lists', version: '1' } });
  expect(paths?.['/list']?.get?.parameters).toMatchObject([
    { name: 'limit', required: false, schema: { type: 'integer', minimum: 1, default: 50 } },
  ]);
});
