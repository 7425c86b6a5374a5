/**
 * `npm run bench:load`: Tidewire against Hocuspocus and Socket.IO, each with Redis and Postgres, in the same run. `-- --scale 0.05` proves
 * quickly that it works, `-- --only idle,storm`, `-- --contenders tidewire,socket.io` choose, `-- --write` puts the tables on top of
 * RESULTS.md. Questions and predictions are in README.md. A scenario that fails is said in its table, and the others run all the same.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { startRedis } from '../../../server/fan-out/testing-redis.ts';
import { misused, takeArguments } from '../../arguments.ts';
import { buildServer, Laboratory } from '../laboratory.ts';
import { familyCpuMs, machineMs } from '../process-usage.ts';
import { scenariosOf } from './catalogue.ts';
import { configFor } from './config.ts';
import { NAMES } from './contender.ts';
import type { Lab } from './scenarios.ts';
import { Stuck } from './table.ts';

const USAGE = 'Usage: npm run bench:load [-- --only <scenario,…>] [--contenders <name,…>] [--scale <0 to 1>] [--write]';
const { values: flags } = takeArguments(USAGE, {
  options: {
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    contenders: { type: 'string', default: NAMES.join(',') },
    write: { type: 'boolean', default: false },
  },
});
const scale = Number(flags.scale);
if (!(scale > 0 && scale <= 1)) misused(USAGE, '--scale takes a number above 0, 1 at most.');
const config = configFor(scale);
const all = scenariosOf(config);
const only = flags.only?.split(',') ?? all.map(({ name }) => name);
const contenders = flags.contenders.split(',');
for (const name of only)
  requireKnown(
    name,
    all.map((each) => each.name),
  );
for (const name of contenders) requireKnown(name, NAMES);
const names = NAMES.filter((name) => contenders.includes(name));

function requireKnown(name: string, known: readonly string[]): void {
  if (!known.includes(name)) misused(USAGE, `There is no ${name}. There are ${known.join(', ')}.`);
}

const folder = join(import.meta.dirname, 'contenders');
if (!existsSync(join(folder, 'node_modules')))
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' });

const laboratory = await Laboratory.open(config.bench, buildServer());
const redis = await startRedis();
const close = async (): Promise<void> => {
  await redis[Symbol.asyncDispose]();
  await laboratory[Symbol.asyncDispose]();
};
// Servers under test end with this process; Postgres leaves a folder behind unless it is asked to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void close().finally(() => process.exit(130)));

const lab: Lab = { laboratory, redisUrl: redis.url, redisPid: redis.pid ?? Number.NaN, config };
const read = () => ({
  atMs: performance.now(),
  ...machineMs(),
  ourMs: familyCpuMs(process.pid) + laboratory.postgresCpuMs() + familyCpuMs(lab.redisPid),
});
const before = read();
const tables: string[] = [];
try {
  for (const scenario of all.filter(({ name }) => only.includes(name))) {
    const { lines, hasFailed } = await scenario.run(lab, names);
    tables.push(...lines);
    process.stderr.write(`${lines.join('\n')}\n`);
    if (hasFailed) process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof Stuck)) throw error;
  tables.push(error.message, '');
  process.exitCode = 1;
}
const after = read();
const lastedMs = after.atMs - before.atMs;
const othersCores = (after.busy - before.busy - (after.ourMs - before.ourMs)) / lastedMs;
const stolenCores = (after.stolen - before.stolen) / lastedMs;
const command = `npm run bench:load -- ${process.argv.slice(2).join(' ')}`.replace(/ --write| -- $/g, '');
const markdown = [
  `## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC${scale < 1 ? `, scale ${scale}` : ''}`,
  '',
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.versions.node}. ` +
    `\`${command}\`, ${Math.round(lastedMs / 1_000)} s. ` +
    `Others on the machine used ${othersCores.toFixed(2)} cores, the hypervisor took ${stolenCores.toFixed(2)}.`,
  '',
  ...tables,
].join('\n');
process.stdout.write(`${markdown}\n`);
if (flags.write) {
  const file = join(import.meta.dirname, 'RESULTS.md');
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf('\n## ') < 0 ? text.length : text.indexOf('\n## ') + 1;
  writeFileSync(file, `${text.slice(0, at).trimEnd()}\n\n${markdown}${at < text.length ? '\n' : ''}${text.slice(at)}`);
}
await close();
// What is stuck would keep it alive.
process.exit();
