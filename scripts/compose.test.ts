/** What can be said of compose.yaml and its files without Docker: that they fit each other and the server they start. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadConfig, SETTINGS } from '../server/config.ts';
import { root } from '../server/root.ts';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
  readonly stop_grace_period?: string;
  readonly depends_on?: readonly string[] | Readonly<Record<string, { condition: string }>>;
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { services, volumes } = parse(read('compose.yaml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const servers = Object.entries(services).filter(([name]) => name.startsWith('server-'));
const example = Object.fromEntries(
  [...read('deploy/example.env').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [
    name as string,
    value as string,
  ]),
);

/** `${NAME}`, `${NAME:-default}` and `${NAME:?message}`, as compose fills them in. */
function fillIn(text: string, given: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind?: string, rest?: string) => {
    const value = given[name];
    if (value) return value;
    if (kind === '-') return rest ?? '';
    throw new Error(`${name}: ${rest ?? 'not set'}`);
  });
}

const filled = (service: Service, given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(service.environment ?? {}).map(([name, value]) => [name, fillIn(value, given)]));

const SECRETS = { POSTGRES_PASSWORD: 'p'.repeat(48), AUTH_SECRET: 'a'.repeat(64) };

test('there are two servers, a proxy, a Postgres and a Redis, and all of them come back after a crash', () => {
  expect(Object.keys(services).sort()).toEqual(['postgres', 'proxy', 'redis', 'server-1', 'server-2']);
  for (const service of Object.values(services)) expect(service.restart).toBe('unless-stopped');
});

test('the servers are given settings they understand, and the same secret', () => {
  for (const [, server] of servers) {
    const environment = filled(server, { ...example, ...SECRETS });
    expect(SETTINGS).toEqual(expect.arrayContaining(Object.keys(environment)));
    const config = loadConfig(environment);
    expect(config).toMatchObject({ baseUrl: 'https://localhost', authSecret: SECRETS.AUTH_SECRET });
    expect(new URL(config.databaseUrl as string).hostname).toBe('postgres');
    expect(new URL(config.redisUrl as string).hostname).toBe('redis');
    expect(config.drainMs + 4_000, 'drained before it is killed').toBeLessThan(
      Number.parseInt(server.stop_grace_period as string, 10) * 1_000,
    );
  }
});

test('no password is written down: without .env nothing starts, and the example names all that must be set', () => {
  for (const name of ['server-1', 'server-2', 'postgres'])
    expect(() => filled(services[name] as Service, example)).toThrow(/set it in \.env/);
  const asked = [...read('compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name as string);
  for (const name of asked) expect(example).toHaveProperty(name, '');
});

test('each part says whether it is healthy', () => {
  for (const name of ['proxy', 'postgres', 'redis'])
    expect(services[name]?.healthcheck?.test.length).toBeGreaterThan(1);
  for (const [, server] of servers) expect(server.build).toBe('.');
  expect(read('Dockerfile')).toMatch(/^HEALTHCHECK /m);
});

test('only the proxy is reachable from outside, and it knows every server', () => {
  for (const [name, service] of Object.entries(services)) expect(service.ports !== undefined).toBe(name === 'proxy');
  const upstreams = /reverse_proxy (.*) \{/.exec(read('deploy/Caddyfile'))?.[1]?.split(' ');
  expect(upstreams).toEqual(servers.map(([name]) => `${name}:3000`));
  expect(services.proxy?.volumes).toContain('./deploy/Caddyfile:/etc/caddy/Caddyfile:ro');
});

test('every volume that is used is declared, and none other', () => {
  const used = Object.values(services).flatMap((service) => service.volumes ?? []);
  const named = used.map((volume) => volume.split(':')[0] as string).filter((source) => /^\w/.test(source));
  expect([...new Set(named)].sort()).toEqual(Object.keys(volumes).sort());
});

test('the image runs as an ordinary user and starts Node itself, which hears that it is to end', () => {
  const stages = read('Dockerfile').split(/^FROM /m);
  const last = stages.at(-1) as string;
  expect(stages.length).toBe(3);
  expect(last).toMatch(/^USER node$/m);
  expect(last).toMatch(/^CMD \["node", .*"dist\/server\/main\.js"\]$/m);
  expect(last).toContain('schema/database');
});
