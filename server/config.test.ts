import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidewire-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const AUTH_SECRET = 'a secret that is long enough for everybody';

test('without any variable there is a usable configuration', () => {
  const config = loadConfig({ DATA_DIR: folder });
  expect(config).toMatchObject({ port: 3000, host: '127.0.0.1', rateLimits: 'on', logLevel: 'info', dataDir: folder });
  expect(config.snapshotsKept).toBe(3);
  expect(config).toMatchObject({ baseUrl: undefined, databaseUrl: undefined, redisUrl: undefined });
});

test('the secret is made once, is long, and only its owner may read it', () => {
  const data = join(folder, 'made');
  const { authSecret } = loadConfig({ DATA_DIR: data });
  expect(authSecret).toMatch(/^[\w-]{43}$/);
  expect(loadConfig({ DATA_DIR: data }).authSecret).toBe(authSecret);
  expect(readFileSync(join(data, 'auth-secret'), 'utf8').trim()).toBe(authSecret);
  expect(statSync(join(data, 'auth-secret')).mode & 0o777).toBe(0o600);
});

test('a secret that is given is used and not written', () => {
  const data = join(folder, 'given');
  expect(loadConfig({ DATA_DIR: data, AUTH_SECRET }).authSecret).toBe(AUTH_SECRET);
  expect(() => statSync(data)).toThrow(/ENOENT/);
});

test('an empty variable is the same as none', () => {
  const config = loadConfig({ DATA_DIR: folder, PORT: '', DATABASE_URL: '', REDIS_URL: '', AUTH_SECRET: '' });
  expect(config).toMatchObject({ port: 3000, databaseUrl: undefined, redisUrl: undefined });
});

test('the base URL has no slash at its end', () => {
  const config = loadConfig({ AUTH_SECRET, BASE_URL: 'https://chat.example.org/' });
  expect(config.baseUrl).toBe('https://chat.example.org');
});

test('Redis is one address, or several of a Cluster', () => {
  for (const REDIS_URL of ['redis://a:6379', 'rediss://user:password@a:1,rediss://b:2'])
    expect(loadConfig({ AUTH_SECRET, REDIS_URL }).redisUrl).toBe(REDIS_URL);
  for (const REDIS_URL of ['a:6379', 'redis://a:1,http://b:2', 'redis://a:1,'])
    expect(() => loadConfig({ AUTH_SECRET, REDIS_URL })).toThrow(/REDIS_URL must be a URL like/);
});

test('push is off unless configured; Firebase is given as JSON or a file, a key pair for Web Push is made once', () => {
  const account = JSON.stringify({ project_id: 'p', client_email: 'e', private_key: '-----BEGIN PRIVATE KEY-----' });
  const web = JSON.stringify({ apiKey: 'k', projectId: 'p', messagingSenderId: '1', appId: 'a' });
  const file = join(folder, 'account.json');
  writeFileSync(file, account);
  const load = (given: Record<string, string>) => loadConfig({ AUTH_SECRET, DATA_DIR: folder, ...given }).push;
  expect(load({})).toEqual({ firebase: undefined, webPush: undefined });
  for (const FIREBASE_SERVICE_ACCOUNT of [account, file])
    expect(load({ FIREBASE_SERVICE_ACCOUNT }).firebase).toMatchObject({ serviceAccount: { project_id: 'p' } });
  const vapidKey = 'B'.repeat(87);
  const firebase = load({ FIREBASE_SERVICE_ACCOUNT: account, FIREBASE_WEB_CONFIG: web, FIREBASE_VAPID_KEY: vapidKey });
  expect(firebase.firebase?.web).toMatchObject({ config: { apiKey: 'k' }, vapidKey });
  const { webPush } = load({ VAPID_SUBJECT: 'mailto:ana@example.org' });
  expect(webPush).toEqual(load({ VAPID_SUBJECT: 'mailto:ana@example.org' }).webPush);
  expect(webPush?.privateKey).toMatch(/^[\w-]{43}$/);
  for (const wrong of ['hunter2', '{"private_key": "hunter2"}'])
    expect(() => load({ FIREBASE_SERVICE_ACCOUNT: wrong })).toThrow(/FIREBASE_SERVICE_ACCOUNT must be(?!.*hunter2)/);
});

test('files lie in a bucket when one is named, of AWS or elsewhere', () => {
  const load = (given: Record<string, string>) => loadConfig({ AUTH_SECRET, ...given }).s3;
  expect(load({})).toBeUndefined();
  expect(load({ S3_BUCKET: 'tide' })).toEqual({
    ...{ bucket: 'tide', region: 'us-east-1', endpoint: undefined, credentials: undefined },
  });
  const elsewhere = { S3_BUCKET: 'tide', S3_ENDPOINT: 'https://s3.example.org', S3_REGION: 'eu-central-1' };
  const keys = { S3_ACCESS_KEY_ID: 'ana', S3_SECRET_ACCESS_KEY: 'hunter2' };
  expect(load({ ...elsewhere, ...keys })).toEqual({
    ...{ bucket: 'tide', region: 'eu-central-1', endpoint: 'https://s3.example.org' },
    credentials: { accessKeyId: 'ana', secretAccessKey: 'hunter2' },
  });
  expect(() => load({ S3_ENDPOINT: 'https://s3.example.org' })).toThrow('S3_ENDPOINT needs S3_BUCKET');
  expect(() => load(keys)).toThrow('S3_ACCESS_KEY_ID needs S3_BUCKET');
  expect(() => load({ ...elsewhere, S3_ACCESS_KEY_ID: 'ana' })).toThrow('S3_ACCESS_KEY_ID needs S3_SECRET_ACCESS_KEY');
  expect(() => load({ S3_BUCKET: 'Tide', S3_ENDPOINT: 's3' })).toThrow(
    /S3_BUCKET must be the name.*S3_ENDPOINT must be/,
  );
});

test('every fault is named at once, and no value is printed', () => {
  const environment = {
    PORT: 'eighty',
    BASE_URL: 'chat.example.org',
    DATABASE_URL: 'mysql://root:hunter2@host/db',
    AUTH_SECRET: 'hunter2',
    RATE_LIMITS: 'maybe',
    SNAPSHOTS_KEPT: '0',
    LOG_LEVEL: 'loud',
  };
  const load = () => loadConfig(environment);
  for (const name of Object.keys(environment)) expect(load).toThrow(name);
  expect(load).not.toThrow(/hunter2|eighty|maybe/);
});

test.each(['-1', '65536', '1.5'])('%s is no port', (PORT) => {
  expect(() => loadConfig({ AUTH_SECRET, PORT })).toThrow(/PORT/);
});
