import { describe, expect, test } from 'vitest';
import { LIMITS } from './rate-limits.ts';
import { type Edge, type Person, read, startEdge } from './testing.ts';

const PROBLEM = 'application/problem+json';

async function expectProblem(response: Response, status: number) {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe(PROBLEM);
  const problem = await read<{ status: number; title: string; detail?: string; errors?: { path: string }[] }>(response);
  expect(problem).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
  return problem;
}

describe('every error is a problem document', () => {
  test('whatever is wrong with the request', async () => {
    await using t = await startEdge();
    const as = await t.signUp('Ana');
    await expectProblem(await t.ask('GET', '/api/nothing'), 404);
    await expectProblem(await t.ask('GET', '/nothing'), 404);
    await expectProblem(await t.ask('GET', '/api/auth/error'), 404);
    await expectProblem(await t.ask('POST', '/api/auth/delete-user', { as, body: {} }), 404);
    await expectProblem(await t.ask('GET', '/api/conversations'), 401);
    await expectProblem(await t.ask('GET', '/api/conversations/x', { as }), 404);
    const other = await t.ask('DELETE', '/api/conversations', { as });
    expect(other.headers.get('allow')).toBe('POST, GET, HEAD');
    await expectProblem(other, 405);
    await expectProblem(await t.ask('GET', '/api/auth/sign-up/email'), 405);
    await expectProblem(await t.ask('POST', '/api/conversations', { as, raw: '{"memberIds":' }), 400);
    const text = { as, raw: 'memberIds=1', headers: { 'content-type': 'text/plain' } };
    await expectProblem(await t.ask('POST', '/api/conversations', text), 415);
    const form = { raw: 'email=a', headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    await expectProblem(await t.ask('POST', '/api/auth/sign-in/email', form), 415);
    const large = await t.ask('POST', '/api/conversations', { as, raw: `"${'x'.repeat(70_000)}"` });
    // The rest of the body may still be on its way.
    expect(large.headers.get('connection')).toBe('close');
    await expectProblem(large, 413);
    await expectProblem(await t.ask('POST', '/api/auth/sign-in/email', { raw: `"${'x'.repeat(70_000)}"` }), 413);
    const invalid = await expectProblem(
      await t.ask('POST', '/api/conversations', { as, body: { memberIds: [1] } }),
      422,
    );
    expect(invalid.errors?.[0]?.path).toBe('memberIds.0');
    await expectProblem(await t.ask('POST', '/api/conversations', { as }), 422);
    for (const path of ['', '/messages', '/snapshots', '/export?format=json'])
      await expectProblem(await t.ask('GET', `/api/conversations/%00${path}`, { as }), 400);
    await expectProblem(await t.ask('DELETE', '/api/devices/%00', { as }), 400);
    await expectProblem(await t.ask('POST', '/api/conversations', { as, body: { memberIds: ['a\0b'] } }), 400);
    await expectProblem(await t.ask('GET', '/api/conversations?limit=0', { as }), 400);
    await expectProblem(await t.ask('GET', '/api/conversations?cursor=nonsense', { as }), 400);
  });

  test('and what better-auth says stays readable', async () => {
    await using t = await startEdge();
    const ana = await t.signUp('Ana');
    const account = { name: 'Ana', email: 'ana2@example.org', password: 'correct horse battery' };
    const signUp = (body: object) => t.ask('POST', '/api/auth/sign-up/email', { body });
    const short = await expectProblem(await signUp({ ...account, password: 'short' }), 400);
    expect(short).toMatchObject({ code: 'PASSWORD_TOO_SHORT', detail: 'Password too short' });
    expect(await expectProblem(await signUp({ ...account, email: ana.email.toUpperCase() }), 422)).toMatchObject({
      code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
    });
    for (const name of ['', ' ', 'x'.repeat(101), 'Ana\nBob', 'Ana\0'])
      await expectProblem(await signUp({ ...account, name }), 400);
    await expectProblem(await signUp({ ...account, image: 'https://tracker.example.org/1.png' }), 400);
    const wrong = { email: ana.email, password: 'wrong password' };
    await expectProblem(await t.ask('POST', '/api/auth/sign-in/email', { body: wrong }), 401);
    await expectProblem(await t.ask('GET', '/api/auth/token'), 401);
  });

  test('a failure says nothing about itself', async () => {
    await using t = await startEdge();
    const as = await t.signUp('Ana');
    await t.database.pool.query('alter table members rename to somewhere_else');
    const problem = await expectProblem(await t.ask('GET', '/api/conversations', { as }), 500);
    expect(Object.keys(problem).sort()).toEqual(['status', 'title', 'type']);
    expect(t.lines.some((line) => line.includes('A request failed'))).toBe(true);
  });
});

describe('requests from other sites', () => {
  const change = (t: Edge, headers: Record<string, string>) =>
    t.ask('POST', '/api/conversations', { headers, body: { title: 'x', memberIds: ['x'] } });

  test.each([undefined, 'https://chat.example.org'])('change nothing by cookie, at base URL %s', async (baseUrl) => {
    await using t = await startEdge(baseUrl === undefined ? {} : { baseUrl });
    const { cookie, bearer } = await t.signUp('Ana');
    const host = new URL(t.origin).host;
    const foreign = ['https://evil.example.org', 'null', `${t.origin}.evil.example.org`, `${t.origin}:81`, 'x', ''];
    if (baseUrl) foreign.push(`http://${host}`);
    for (const origin of foreign) await expectProblem(await change(t, { cookie, origin }), 403);
    await expectProblem(await change(t, { cookie }), 403);
    // Refused for its content, so the origin passed.
    await expectProblem(await change(t, { cookie, origin: t.origin }), 422);
    await expectProblem(await change(t, { authorization: bearer, origin: 'https://evil.example.org' }), 422);
    expect((await t.ask('GET', '/api/me', { headers: { cookie, origin: 'https://evil.example.org' } })).status).toBe(
      200,
    );
    const signOut = (origin: string) => t.ask('POST', '/api/auth/sign-out', { headers: { cookie, origin }, body: {} });
    await expectProblem(await signOut('https://evil.example.org'), 403);
    expect((await signOut(t.origin)).status).toBe(200);
    await expectProblem(await t.ask('GET', '/api/me', { headers: { cookie } }), 401);
  });

  test('sign nobody in', async () => {
    await using t = await startEdge();
    const body = { email: 'ana@example.org', password: 'correct horse battery' };
    const signIn = (headers: Record<string, string>) => t.ask('POST', '/api/auth/sign-in/email', { body, headers });
    await expectProblem(await signIn({ origin: 'https://evil.example.org' }), 403);
    await expectProblem(await signIn({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }), 403);
    await expectProblem(await signIn({ origin: t.origin }), 401);
    await expectProblem(await signIn({}), 401);
    // What Node's fetch sends: no browser says the mode and not the site.
    await expectProblem(await signIn({ 'sec-fetch-mode': 'cors' }), 401);
    await expectProblem(await signIn({ 'sec-fetch-mode': 'cors', cookie: 'tidewire.session_token=x' }), 403);
  });

  test('get no permission to read answers', async () => {
    await using t = await startEdge();
    const headers = { origin: 'https://evil.example.org', 'access-control-request-method': 'POST' };
    const preflight = await t.ask('OPTIONS', '/api/conversations', { headers });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    expect(
      (await t.ask('GET', '/api/openapi.json', { headers })).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });
});

describe('headers', () => {
  test('forbid foreign scripts, frames and guessing of types on every answer', async () => {
    await using t = await startEdge();
    for (const path of ['/api/me', '/api/docs', '/healthz', '/nothing']) {
      const { headers } = await t.ask('GET', path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain("connect-src 'self' ws://localhost wss://localhost;");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("media-src 'self' blob:;");
      expect(headers.get('permissions-policy')).toContain('microphone=(self)');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toBeNull();
    }
    const strange = await t.ask('GET', '/healthz', { headers: { host: 'x; script-src *' } });
    expect(strange.headers.get('content-security-policy')).toContain("connect-src 'self';");
    expect((await t.ask('GET', '/api/me')).headers.get('cache-control')).toBe('no-store');
  });

  test('ask for TLS where people come by https', async () => {
    await using t = await startEdge({ baseUrl: 'https://chat.example.org' });
    const { headers } = await t.ask('GET', '/healthz');
    expect(headers.get('strict-transport-security')).toContain('max-age=');
    expect(headers.get('content-security-policy')).toContain("connect-src 'self' wss://chat.example.org;");
  });

  test('name the request, by a sane id of the caller or by a new one', async () => {
    await using t = await startEdge();
    const idFor = async (id: string) =>
      (await t.ask('GET', '/api/me', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await idFor('proxy-1.7_a')).toBe('proxy-1.7_a');
    expect(await idFor('a b')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idFor('x'.repeat(65))).toMatch(/^[0-9a-f-]{36}$/);
    expect(t.lines.some((line) => line.includes('"requestId":"proxy-1.7_a"') && line.includes('"status":401'))).toBe(
      true,
    );
  });
});

test('the log has neither secrets nor texts nor what was searched', async () => {
  await using t = await startEdge();
  const as = await t.signUp('Ana');
  const bob = await t.signUp('Bob');
  await t.ask('POST', '/api/auth/sign-in/email', { body: { email: as.email, password: 'wrong-password' } });
  const { id } = await read<{ id: string }>(
    await t.ask('POST', '/api/conversations', { as, body: { memberIds: [bob.id] } }),
  );
  await t.ask('POST', `/api/conversations/${id}/messages`, { as, body: { text: 'do not log this' } });
  await t.ask('GET', '/api/users?query=searchedname', { as });
  await t.ask('GET', '/api/me', { headers: { cookie: as.cookie } });
  const log = t.lines.join('');
  expect(log).toContain('"route":"/api/conversations/:id/messages"');
  const secrets = [
    'do not log',
    'searchedname',
    'wrong-password',
    'correct horse',
    'example.org',
    as.bearer.slice(7, 30),
  ];
  for (const secret of secrets) expect(log).not.toContain(secret);
});

describe('rate limits', () => {
  test('stop guessing at passwords, from one address and at one account', async () => {
    await using t = await startEdge({ rateLimits: 'on', baseUrl: 'https://chat.example.org' });
    const guess = (email: string, address: string) =>
      t.ask('POST', '/api/auth/sign-in/email', {
        // Without a password the attempt counts, but costs no hashing.
        body: { email },
        headers: { 'x-forwarded-for': `10.9.8.7, ${address}` },
      });
    const many = await Promise.all(
      Array.from({ length: LIMITS.signIn.points + 1 }, (_, n) => guess(`u${n}@example.org`, '192.0.2.1')),
    );
    expect(many.filter((response) => response.status === 429).length).toBe(1);
    const refused = many.find((response) => response.status === 429) as Response;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toMatch(/^"signIn";r=0;t=\d+$/);
    await expectProblem(refused, 429);
    const spread = await Promise.all(
      Array.from({ length: LIMITS.account.points + 1 }, (_, n) => guess('victim@example.org', `192.0.3.${n}`)),
    );
    expect(spread.filter((response) => response.status === 429).length).toBe(1);
  });

  test('stop one device that asks too often, then its person, and nobody else, and say how much is left', async () => {
    await using t = await startEdge({ rateLimits: 'on' });
    const ana = await t.signUp('Ana');
    const phone = await t.signIn(ana);
    const bob = await t.signUp('Bob');
    const first = await t.ask('GET', '/api/me', { as: ana });
    const { user, device } = LIMITS;
    expect(first.headers.get('ratelimit-policy')).toContain(`"user";q=${user.points};w=${user.seconds}`);
    expect(first.headers.get('ratelimit')).toMatch(
      new RegExp(
        `"address";r=\\d+;t=\\d+, "device";r=${device.points - 1};t=\\d+, "user";r=${user.points - 1};t=\\d+$`,
      ),
    );
    const askOften = (as: Person, times: number) =>
      Promise.all(Array.from({ length: times }, () => t.ask('GET', '/api/me', { as })));
    await askOften(ana, device.points - 1);
    await expectProblem(await t.ask('GET', '/api/me', { as: ana }), 429);
    const left = user.points - device.points;
    expect((await askOften(phone, left)).map(({ status }) => status)).toEqual(Array(left).fill(200));
    const refused = await t.ask('GET', '/api/me', { as: phone });
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    await expectProblem(refused, 429);
    expect((await t.ask('GET', '/api/me', { as: bob })).status).toBe(200);
  });

  test('can be off', async () => {
    await using t = await startEdge();
    const ana = await t.signUp('Ana');
    const answers = await Promise.all(
      Array.from({ length: LIMITS.user.points + 1 }, () => t.ask('GET', '/api/me', { as: ana })),
    );
    expect(answers.every((response) => response.status === 200)).toBe(true);
  });
});

describe('health', () => {
  test('is told to probes and Prometheus', async () => {
    await using t = await startEdge();
    expect(await read(await t.ask('GET', '/healthz'))).toEqual({ status: 'ok' });
    expect(await read(await t.ask('GET', '/readyz'))).toEqual({ status: 'ok', database: 'ok', redis: 'off' });
    await t.ask('GET', '/api/nothing/at/all');
    const metrics = await t.ask('GET', '/metrics');
    expect(metrics.headers.get('content-type')).toContain('text/plain');
    expect(await metrics.text()).toMatch(
      /tidewire_http_request_seconds_count{method="GET",route="\/api\/\*",status="404"} 1/,
    );
  });

  test('is over when the server begins to end, while answers are still given', async () => {
    await using t = await startEdge();
    t.leaving.isLeaving = true;
    const ready = await t.ask('GET', '/readyz');
    expect(ready.status).toBe(503);
    expect(await read(ready)).toEqual({ status: 'leaving', database: 'ok', redis: 'off' });
    expect((await t.ask('GET', '/healthz')).status).toBe(200);
  });

  test('is lost with the database, not with the process', async () => {
    await using t = await startEdge();
    await t.database.pool.end();
    const ready = await t.ask('GET', '/readyz');
    expect(ready.status).toBe(503);
    expect(await read(ready)).toEqual({ status: 'unavailable', database: 'unavailable', redis: 'off' });
    expect((await t.ask('GET', '/healthz')).status).toBe(200);
  });
});
