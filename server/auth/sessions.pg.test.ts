import { createHmac, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { freshDatabase } from '../database/testing.ts';
import { createInMemoryFanOut } from '../fan-out/in-memory.ts';
import { createLog } from '../log.ts';
import { AUTH_PATH, createAuth, tokenIssuer } from './auth.ts';
import { createSessions } from './sessions.ts';

const SECRET = 'a secret of more than thirty-two characters';
const PASSWORD = 'correct horse battery';

async function setUp({ baseUrl, sweepMs }: { baseUrl?: string; sweepMs?: number } = {}) {
  const database = await freshDatabase();
  const log = createLog({ level: 'silent' });
  const fanOut = createInMemoryFanOut({ log });
  const revoked: string[] = [];
  fanOut.subscribe('revoked', (notice) => revoked.push(...notice.sessions));
  const clock = { offsetMs: 0, now: () => Date.now() + clock.offsetMs };
  const queries: string[] = [];
  const pool = new Proxy(database.pool, {
    get(target, name) {
      if (name !== 'query') return Reflect.get(target, name);
      return (query: string | { text: string }, values?: unknown[]) => {
        queries.push(typeof query === 'string' ? query : query.text);
        return target.query(query as string, values);
      };
    },
  });
  const auth = createAuth({ pool: database.pool, config: { authSecret: SECRET, baseUrl }, fanOut, log });
  const sessions = createSessions({
    pool,
    secret: SECRET,
    baseUrl,
    issuer: tokenIssuer(baseUrl),
    clock,
    fanOut,
    log,
    ...(sweepMs !== undefined && { sweepMs }),
  });
  const origin = baseUrl ?? 'http://localhost';
  const ask = (path: string, { body, ...headers }: Record<string, string> & { body?: string } = {}) =>
    auth.handle(
      new Request(`${origin}${AUTH_PATH}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { host: new URL(origin).host, origin, 'content-type': 'application/json', ...headers },
        ...(body !== undefined && { body }),
      }),
    );
  const signUp = async (email = 'ana@example.org') => {
    const response = await ask('/sign-up/email', { body: JSON.stringify({ name: 'Ana', email, password: PASSWORD }) });
    expect(response.status).toBe(200);
    return credentialsOf(response);
  };
  const signIn = async (email = 'ana@example.org') =>
    credentialsOf(await ask('/sign-in/email', { body: JSON.stringify({ email, password: PASSWORD }) }));
  return {
    ...{ database, sessions, clock, revoked, queries, ask, signUp, signIn, fanOut },
    async [Symbol.asyncDispose]() {
      await sessions[Symbol.asyncDispose]();
      await fanOut[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function credentialsOf(response: Response) {
  const setCookie = response.headers.get('set-cookie') ?? '';
  const body = (await response.json()) as { token: string; user: { id: string } };
  return {
    setCookie,
    cookie: setCookie.split(';')[0] as string,
    bearer: `Bearer ${response.headers.get('set-auth-token')}`,
    token: body.token,
    user: body.user.id,
  };
}

describe('a session', () => {
  test('is known by the cookie, the bearer token and the JSON Web Token that better-auth gives out', async () => {
    await using t = await setUp();
    const ana = await t.signUp();
    const { token } = (await (await t.ask('/token', { cookie: ana.cookie })).json()) as { token: string };
    const byCookie = await t.sessions.verify({ cookie: `theme=dark; ${ana.cookie}; x=1` });
    expect(byCookie).toMatchObject({ user: ana.user, via: 'cookie' });
    for (const authorization of [ana.bearer, encodeURI(ana.bearer).replace('%20', ' '), `bearer ${token}`])
      expect(await t.sessions.verify({ authorization })).toEqual({ ...byCookie, via: 'bearer' });
    const inMonth = Date.now() + 30 * 24 * 3_600_000;
    expect(Math.abs((byCookie?.expiresAt ?? 0) - inMonth)).toBeLessThan(60_000);
  });

  test('has a cookie that scripts cannot read and that is sent over TLS only when the base URL is https', async () => {
    await using plain = await setUp();
    expect((await plain.signUp()).setCookie).toMatch(/^tidewire\.session_token=.*HttpOnly; SameSite=Lax$/);
    await using secure = await setUp({ baseUrl: 'https://chat.example.org' });
    const ana = await secure.signUp();
    expect(ana.setCookie).toMatch(/^__Secure-tidewire\.session_token=.*HttpOnly; Secure; SameSite=Lax$/);
    expect(await secure.sessions.verify({ cookie: ana.cookie })).toMatchObject({ user: ana.user });
  });

  test('is not opened by anything else', async () => {
    await using t = await setUp();
    const ana = await t.signUp();
    const bob = await t.signUp('bob@example.org');
    const [, signature = ''] = ana.bearer.split('.');
    const otherSecret = createHmac('sha256', 'another secret').update(ana.token).digest('base64');
    const bad = [
      ana.bearer.slice(0, -2),
      `${ana.bearer}x`,
      ana.bearer.replace(/.(?==$)/, (last) => (last === 'A' ? 'E' : 'A')),
      ana.bearer.replace(ana.token, bob.token),
      // The bare token, as the table and answers show it.
      `Bearer ${ana.token}`,
      `Bearer ${ana.token}.`,
      `Bearer ${ana.token}.${otherSecret}`,
      `Bearer .${signature}`,
      'Bearer ',
      'Bearer %',
      'Bearer a.b.c',
    ];
    for (const authorization of bad) expect(await t.sessions.verify({ authorization }), authorization).toBeUndefined();
    // Not by better-auth either.
    expect((await t.ask('/list-sessions', { authorization: ana.bearer })).status).toBe(200);
    expect((await t.ask('/list-sessions', { authorization: `Bearer ${ana.token}` })).status).toBe(401);
    // A bearer token decides alone; another scheme is somebody else's and leaves the cookie.
    expect(await t.sessions.verify({ authorization: 'Bearer x', cookie: ana.cookie })).toBeUndefined();
    expect(await t.sessions.verify({ authorization: 'Basic x', cookie: ana.cookie })).toBeDefined();
    expect(await t.sessions.verify({ cookie: ana.cookie.replace('session_token', 'other') })).toBeUndefined();
    expect(await t.sessions.verify({})).toBeUndefined();
  });

  test('is over when its time is over, and its row goes', async () => {
    await using t = await setUp({ sweepMs: 20 });
    const ana = await t.signUp();
    t.clock.offsetMs = 31 * 24 * 3_600_000;
    expect(await t.sessions.verify({ cookie: ana.cookie })).toBeUndefined();
    await expect.poll(() => rows(t.database.pool, 'sessions')).toBe(0);
  });

  test('of a JSON Web Token must live: signed out, forged, foreign or old tokens open nothing', async () => {
    await using t = await setUp();
    await using other = await setUp({ baseUrl: 'https://other.example.org' });
    const ana = await t.signUp();
    const tokenOf = async (from: typeof t, cookie: string) =>
      ((await (await from.ask('/token', { cookie })).json()) as { token: string }).token;
    const token = await tokenOf(t, ana.cookie);
    const foreign = await tokenOf(other, (await other.signUp()).cookie);
    const [head = '', payload = '', signature = ''] = token.split('.');
    const bob = await t.signUp('bob@example.org');
    const asBob = { ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object), sub: bob.user };
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = encode({ alg: 'none', kid: JSON.parse(Buffer.from(head, 'base64url').toString()).kid });
    const bad = [
      foreign,
      `${head}.${encode(asBob)}.${signature}`,
      `${head}.${encode({ ...asBob, sub: ana.user, exp: 9_999_999_999 })}.${signature}`,
      `${unsigned}.${payload}.`,
      `${unsigned}.${payload}.AA`,
    ];
    for (const each of bad) expect(await t.sessions.verify({ authorization: `Bearer ${each}` })).toBeUndefined();
    const authorization = `Bearer ${token}`;
    expect(await t.sessions.verify({ authorization })).toMatchObject({ user: ana.user });
    t.clock.offsetMs = 16 * 60_000;
    expect(await t.sessions.verify({ authorization })).toBeUndefined();
    t.clock.offsetMs = 0;
    expect(await t.sessions.verify({ authorization })).toBeDefined();
    await t.ask('/sign-out', { body: '{}', cookie: ana.cookie });
    expect(await t.sessions.verify({ authorization })).toBeUndefined();
  });

  test('of a JSON Web Token is the one of its user, in a token signed by a key of ours with all its claims', async () => {
    await using t = await setUp();
    const ana = await t.signUp();
    const bob = await t.signUp('bob@example.org');
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    await t.database.pool.query(`insert into jwks (id, public_key, private_key, alg) values ('key', $1, '', 'EdDSA')`, [
      JSON.stringify(publicKey.export({ format: 'jwk' })),
    ]);
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const open = (claims: object, header: object = {}) => {
      const signed = `${encode({ alg: 'EdDSA', kid: 'key', ...header })}.${encode(claims)}`;
      const signature = signBytes(null, Buffer.from(signed), privateKey).toString('base64url');
      return t.sessions.verify({ authorization: `Bearer ${signed}.${signature}` });
    };
    const sid = (await t.sessions.verify({ cookie: ana.cookie }))?.id;
    const good = { sub: ana.user, sid, iss: 'tidewire', aud: 'tidewire', exp: Date.now() / 1_000 + 60 };
    expect(await open(good)).toMatchObject({ id: sid, user: ana.user });
    expect(await open({ ...good, sub: bob.user })).toBeUndefined();
    expect(await open({ ...good, sid: 'none' })).toBeUndefined();
    for (const claim of Object.keys(good)) expect(await open({ ...good, [claim]: undefined }), claim).toBeUndefined();
    for (const claim of ['iss', 'aud']) expect(await open({ ...good, [claim]: 'x' }), claim).toBeUndefined();
    expect(await open({ ...good, exp: Date.now() / 1_000 - 1 })).toBeUndefined();
    for (const header of [{ alg: 'HS256' }, { kid: 'none' }, { kid: undefined }, { crit: ['x'] }])
      expect(await open(good, header)).toBeUndefined();
  });

  test('ends at once and is announced, whichever way better-auth ends it', async () => {
    await using t = await setUp();
    const idOf = async (cookie: string) => (await t.sessions.verify({ cookie }))?.id as string;
    const first = await t.signUp();
    const changed = JSON.stringify({ currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true });
    const ways: Record<string, (own: string, other: { token: string }) => Promise<Response>> = {
      'sign-out': (_, other) => t.ask('/sign-out', { body: '{}', authorization: `Bearer ${sign(other.token)}` }),
      'revoke-session': (cookie, other) =>
        t.ask('/revoke-session', { cookie, body: JSON.stringify({ token: other.token }) }),
      'revoke-other-sessions': (cookie) => t.ask('/revoke-other-sessions', { cookie, body: '{}' }),
      'change-password': (cookie) => t.ask('/change-password', { cookie, body: changed }),
      'revoke-sessions': (cookie) => t.ask('/revoke-sessions', { cookie, body: '{}' }),
    };
    for (const [name, end] of Object.entries(ways)) {
      const own = name === 'sign-out' ? first : await t.signIn();
      const other = await t.signIn();
      const id = await idOf(other.cookie);
      t.revoked.length = 0;
      expect((await end(own.cookie, other)).status, name).toBe(200);
      expect(t.revoked, name).toContain(id);
      expect(await t.sessions.verify({ cookie: other.cookie }), name).toBeUndefined();
    }
    expect(await rows(t.database.pool, 'sessions')).toBe(0);
  });

  test('is announced also when a person has more of them than better-auth lists by default', async () => {
    await using t = await setUp();
    const ana = await t.signUp();
    await t.database.pool.query(
      `insert into sessions (id, "user", token, expires_at)
       select 's' || n, $1, 't' || n, now() + interval '1 day' from generate_series(1, 150) n`,
      [ana.user],
    );
    await t.ask('/revoke-sessions', { cookie: ana.cookie, body: '{}' });
    expect(new Set(t.revoked).size).toBe(151);
  });

  test('that was deleted by hand is found among the open ones', async () => {
    await using t = await setUp({ sweepMs: 20 });
    const ana = await t.signUp();
    const session = await t.sessions.verify({ cookie: ana.cookie });
    const stop = t.sessions.watch(() => [session?.id as string]);
    await sleep(100);
    expect(t.revoked).toEqual([]);
    await t.database.pool.query('delete from sessions');
    await expect.poll(() => t.revoked).toContain(session?.id);
    stop();
  });

  test('revoked while its look-up is under way is not let through', async () => {
    await using t = await setUp();
    const ana = await t.signUp();
    const session = await t.sessions.verify({ cookie: ana.cookie });
    const asked = t.sessions.verify({ cookie: ana.cookie });
    setImmediate(() => t.fanOut.publish('revoked', { sessions: [session?.id as string] }));
    expect(await asked).toBeUndefined();
    expect(await t.sessions.verify({ cookie: ana.cookie })).toBeDefined();
  });
});

describe('verifying', () => {
  test('asks the database once for all who come together', async () => {
    await using t = await setUp();
    const ana = await t.signUp();
    const bob = await t.signUp('bob@example.org');
    t.queries.length = 0;
    const asked = Array.from({ length: 400 }, (_, n) => t.sessions.verify({ cookie: (n % 2 ? ana : bob).cookie }));
    const users = (await Promise.all(asked)).map((session) => session?.user);
    expect(users).toEqual(Array.from({ length: 400 }, (_, n) => (n % 2 ? ana : bob).user));
    expect(t.queries.length).toBe(1);
  });

  test('asks nothing for what is not signed by us', async () => {
    await using t = await setUp();
    await t.sessions.verify({ authorization: `Bearer ${'x'.repeat(32)}.${'y'.repeat(43)}=` });
    expect(t.queries).toEqual([]);
  });

  test('rejects, rather than calls a session over, when the database cannot be asked', async () => {
    await using t = await setUp();
    const ana = await t.signUp();
    await t.database.pool.end();
    await expect(t.sessions.verify({ cookie: ana.cookie })).rejects.toThrow();
  });
});

const sign = (token: string) => `${token}.${createHmac('sha256', SECRET).update(token).digest('base64')}`;

async function rows(pool: { query(text: string): Promise<{ rowCount: number | null }> }, table: string) {
  return (await pool.query(`select from ${table}`)).rowCount;
}
