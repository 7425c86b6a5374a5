/**
 * `npm run cluster [-- --servers <n>]`: what `compose.yaml` describes, without Docker and TLS. A Postgres, a Redis, app servers
 * on ports of their own and a proxy in front, at `PORT`. `DATABASE_URL` and `REDIS_URL` stand in for the first two. Kill
 * any of it and watch: nothing that was acknowledged is lost. All of it ends with this process, however that ends.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadConfig } from '../server/config.ts';
import { findFreePort } from '../server/database/cluster.ts';
import { startPostgres } from '../server/database/embedded.ts';
import { startRedis } from '../server/fan-out/testing-redis.ts';
import { createLog } from '../server/log.ts';
import { Parts } from '../server/parts.ts';
import { misused, takeArguments } from './arguments.ts';
import { Balancer } from './cluster/balancer.ts';
import { Member } from './cluster/member.ts';

const USAGE = 'Usage: npm run cluster [-- --servers <1 to 8>]';
const { values } = takeArguments(USAGE, { options: { servers: { type: 'string', default: '2' } } });
const count = Number(values.servers);
// Ten connections to Postgres each, of the hundred it has.
if (!Number.isInteger(count) || count < 1 || count > 8) misused(USAGE, '--servers takes a number from 1 to 8.');

const config = loadConfig();
const log = createLog({ level: config.logLevel });
const parts = new Parts(log);

async function start(): Promise<string> {
  await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    join(import.meta.dirname, 'build.ts'),
    '--if-changed',
  ]);
  const databaseUrl =
    config.databaseUrl ?? parts.add('Postgres', await startPostgres({ dataDir: config.dataDir, log })).url;
  const redisUrl = config.redisUrl ?? parts.add('Redis', await startRedis()).url;
  const targets: number[] = [];
  for (let n = 0; n < count; n++) targets.push(await findFreePort());
  // Before the servers, which must know its address; and gone after them, so that they say goodbye through it.
  const balancer = parts.add('proxy', await Balancer.listen({ host: config.host, port: config.port, targets }));
  const url = config.baseUrl ?? `http://localhost:${balancer.port}`;
  const environment = {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    BASE_URL: url,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    DATA_DIR: config.dataDir,
    AUTH_SECRET: config.authSecret,
    RATE_LIMITS: config.rateLimits,
    WEBHOOK_PRIVATE_NETWORKS: config.webhookPrivateNetworks,
    SNAPSHOTS_KEPT: `${config.snapshotsKept}`,
    LOG_LEVEL: config.logLevel,
  };
  const members = targets.map((port, index) => {
    const onLine = (line: string) => console.log(`server ${index + 1} | ${line}`);
    return new Member({ environment: { ...environment, PORT: `${port}` }, onLine });
  });
  parts.defer('servers', async () => void (await Promise.all(members.map((member) => member[Symbol.asyncDispose]()))));
  await Promise.all(members.map(({ ready }) => ready));
  return url;
}

/** Ends when asked to, or with npm, which passes on every signal but SIGKILL. */
async function asked(): Promise<void> {
  const parent = process.ppid;
  const orphaned = new Promise<void>((resolve) => {
    if (config.endsWithParent) setInterval(() => process.ppid !== parent && resolve(), 1_000).unref();
  });
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP'), orphaned]);
  // Ctrl-C comes twice, from the terminal and through npm; the second must not cut this short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
}

const end = asked();
const failed = start().then(
  (url) => {
    log.info(`Tidewire is ready at ${url}, on ${count} servers`);
    return end;
  },
  (error: Error) => {
    log.fatal(error.message);
    process.exitCode = 1;
  },
);
await Promise.race([failed, end]);
await parts[Symbol.asyncDispose]();
process.exit();
