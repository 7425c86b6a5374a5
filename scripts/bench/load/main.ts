/**
 * `npm run bench:load`: Tidewire against Hocuspocus and Socket.IO, each with Redis and Postgres, in the same run. `-- --quick` proves in
 * a minute that it works, `-- --only storm`, `-- --contenders tidewire,socket.io` choose, `-- --write` puts the table on top of
 * RESULTS.md. Questions and predictions are in README.md.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildServer, Laboratory } from '../laboratory.ts';
import { familyCpuMs, machineMs } from '../process-usage.ts';
import { full, quick } from './config.ts';
import { NAMES, type Name } from './contender.ts';
import { startRedis } from './redis.ts';
import { type Lab, measureFanOut, measureSaturation, measureStorm, type Point } from './scenarios.ts';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'saturation,fan-out,storm' },
    contenders: { type: 'string', default: NAMES.join(',') },
    write: { type: 'boolean', default: false },
  },
});
const names = NAMES.filter((name) => flags.contenders.split(',').includes(name));
const config = flags.quick ? quick : full;
const contenders = join(import.meta.dirname, 'contenders');
if (!existsSync(join(contenders, 'node_modules')))
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: contenders, stdio: 'inherit' });

await using laboratory = await Laboratory.open(config.bench, buildServer());
await using redis = await startRedis();
const lab: Lab = { laboratory, redisUrl: redis.url, redisPid: redis.pid, config };

const read = () => ({
  atMs: performance.now(),
  busyMs: machineMs().busy - familyCpuMs(process.pid) - laboratory.postgresCpuMs(),
});
const before = read();
const show = (value: number | undefined, digits = 0): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
const cores = ['server', 'generator', 'Postgres', 'Redis', 'others'] as const;
const coresOf = (point: Point | undefined): string =>
  point
    ? [point.serverCore, point.generatorCore, point.postgresCore, point.redisCore, point.othersCore - point.redisCore]
        .map((core) => core.toFixed(2))
        .join(' / ')
    : '–';

async function scenario<Result>(
  title: string,
  measure: (name: Name, lab: Lab) => Promise<Result>,
  rows: readonly [string, (result: Result) => string][],
): Promise<string[]> {
  const results: Result[] = [];
  for (const name of names) {
    process.stderr.write(`${title}: ${name}\n`);
    results.push(await measure(name, lab));
  }
  return [
    `| ${title} | ${names.join(' | ')} |`,
    `|---|${names.map(() => '---:').join('|')}|`,
    ...rows.map(([what, pick]) => `| ${what} | ${results.map(pick).join(' | ')} |`),
    '',
  ];
}

const { bench, fanOut, storm } = config;
const tables: string[] = [];
if (flags.only.includes('saturation'))
  tables.push(
    ...(await scenario(
      `Saturation, ${bench.connections} connections in rooms of ${bench.roomSize}`,
      measureSaturation,
      [
        ['deliveries/s with p99 < 250 ms', (point) => show(point?.deliveriesPerSecond)],
        ['p99 there, ms', (point) => show(point?.p99FromDueMs, 1)],
        [`cores: ${cores.join(' / ')}`, coresOf],
      ],
    )),
  );
if (flags.only.includes('fan-out'))
  tables.push(
    ...(await scenario(`Fan-out of one message to ${fanOut.connections}`, measureFanOut, [
      ['p50, ms', (point) => show(point.p50Ms, 1)],
      ['p99, ms', (point) => show(point.p99Ms, 1)],
      ['missing', (point) => show(point.missing)],
      [`cores: ${cores.join(' / ')}`, coresOf],
    ])),
  );
if (flags.only.includes('storm'))
  tables.push(
    ...(await scenario(`Kill with ${storm.connections} connected, restart at once`, measureStorm, [
      ['server answers again after, ms', (result) => show(result.restartedMs)],
      ['clients back: p50, ms after the kill', (result) => show(result.p50Ms)],
      ['… p95, ms', (result) => show(result.p95Ms)],
      ['… the last, ms', (result) => show(result.lastMs)],
      ['… never', (result) => show(result.neverBack)],
      ['attempts a client', (result) => show(result.attempts, 1)],
      ['peak memory of the server, MiB', (result) => show(result.peakRssBytes / 2 ** 20)],
    ])),
  );
const after = read();
const others = (after.busyMs - before.busyMs) / (after.atMs - before.atMs);
const markdown = [
  `## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC${flags.quick ? ', quick' : ''}`,
  '',
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.versions.node}. ` +
    `Others on the machine used ${others.toFixed(2)} cores.`,
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
