/**
 * Where the server's CPU time goes: one load under `--cpu-prof`, then the functions with the most time while the window
 * was open, alone and with what they call, by their place in the source. `npx tsx scripts/bench/profile.ts [--rate <deliveries/s>] [--seconds <n>]
 * [--contender raw] [--top <n>] [--keep <file.cpuprofile>]
 * [--server <another build>]`. The profiler itself costs a tenth or so.
 */
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeArguments } from '../arguments.ts';
import { full } from './config.ts';
import { buildServer, type Contender, Laboratory } from './laboratory.ts';
import { connectFleet, type LoadPoint, measureLoad } from './scenarios/load-point.ts';

/** What V8 writes: nodes of the call tree, and samples that name one, with the µs since the one before. */
interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}
interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}
interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

const ROOT = resolve(import.meta.dirname, '../..');

const USAGE =
  'Usage: npx tsx scripts/bench/profile.ts [--rate <n>] [--seconds <n>] [--contender raw|tidewire] [--top <n>] [--keep <file>] [--server <file>]';
const { values: flags } = takeArguments(USAGE, {
  options: {
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '8' },
    contender: { type: 'string', default: 'tidewire' },
    top: { type: 'string', default: '40' },
    keep: { type: 'string' },
    server: { type: 'string' },
  },
});

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

async function record(contender: Contender): Promise<{ file: string; fromUs: number; toUs: number; point: LoadPoint }> {
  await using laboratory = await Laboratory.open(full, flags.server ? resolve(flags.server) : buildServer());
  const folder = laboratory.path('profiles');
  let fromUs = 0;
  let point: LoadPoint;
  {
    await using subject = await laboratory.start(contender, ['--cpu-prof', `--cpu-prof-dir=${folder}`]);
    const { fleet } = await connectFleet({ laboratory, subject, contender, connections: full.connections });
    if (contender === 'tidewire') await fleet.openChannels();
    await measureLoad({ laboratory, subject, fleet, ...full.steady.burst });
    const warmUpMs = 2_000;
    fromUs = nowUs() + warmUpMs * 1_000;
    const windowMs = Number(flags.seconds) * 1_000;
    point = await measureLoad({
      laboratory,
      subject,
      fleet,
      deliveriesPerSecond: Number(flags.rate),
      warmUpMs,
      windowMs,
    });
    fleet.close();
  }
  const [name] = readdirSync(folder);
  const file = flags.keep ?? join(ROOT, 'node_modules/.cache/bench.cpuprofile');
  copyFileSync(join(folder, name as string), file);
  return { file, fromUs, toUs: fromUs + Number(flags.seconds) * 1_000_000, point };
}

interface Times {
  /** µs in the function itself. */
  readonly self: Map<string, number>;
  /** µs in it and whatever it called, as far as the stack reaches: not beyond an `await`. */
  readonly total: Map<string, number>;
}

/** Times by function of the samples between two times of the monotonic clock. */
function timesOf(profile: CpuProfile, fromUs: number, toUs: number): Times {
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, place(callFrame)]));
  const parents = new Map<number, number>();
  for (const { id, children } of profile.nodes) for (const child of children ?? []) parents.set(child, id);
  const self = new Map<string, number>();
  const total = new Map<string, number>();
  let atUs = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const deltaUs = profile.timeDeltas[index] as number;
    atUs += deltaUs;
    if (atUs < fromUs || atUs > toUs) continue;
    add(self, places.get(id) as string, deltaUs);
    const stack = new Set<string>();
    for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) stack.add(places.get(at) as string);
    for (const name of stack) add(total, name, deltaUs);
  }
  return { self, total };
}

const add = (table: Map<string, number>, name: string, us: number): void =>
  void table.set(name, (table.get(name) ?? 0) + us);

const sourceMaps = new Map<string, SourceMap | undefined>();

function sourceMapOf(file: string): SourceMap | undefined {
  if (!sourceMaps.has(file)) {
    const isMapped = existsSync(`${file}.map`);
    sourceMaps.set(file, isMapped ? new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8'))) : undefined);
  }
  return sourceMaps.get(file);
}

function place({ functionName, url, lineNumber, columnNumber }: CallFrame): string {
  const name = functionName || '(anonymous)';
  if (!url.startsWith('file:')) return url ? `${name}  ${url}:${lineNumber + 1}` : name;
  const file = fileURLToPath(url);
  const entry = sourceMapOf(file)?.findEntry(lineNumber, columnNumber);
  return entry && 'originalSource' in entry
    ? `${name}  ${relative(ROOT, resolve(file, '..', entry.originalSource))}:${entry.originalLine + 1}`
    : `${name}  ${relative(ROOT, file)}:${lineNumber + 1}`;
}

const { file, fromUs, toUs, point } = await record(flags.contender === 'raw' ? 'raw' : 'tidewire');
const { self: times, total } = timesOf(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, fromUs, toUs);
const idleUs = times.get('(idle)') ?? 0;
times.delete('(idle)');
const busyUs = [...times.values()].reduce((sum, us) => sum + us, 0);
const deliveries = (point.deliveriesPerSecond * (toUs - fromUs)) / 1_000_000;
console.log(
  `${Math.round(point.deliveriesPerSecond)} deliveries/s, p99 ${point.p99Ms.toFixed(1)} ms, server ${Math.round(point.serverCore * 100)} %, ` +
    `main thread busy ${((busyUs / (busyUs + idleUs)) * 100).toFixed(0)} %, ${(busyUs / deliveries).toFixed(1)} µs a delivery; profile: ${file}\n`,
);
print('function, self', times);
print('function and what it calls', total);
const parts = new Map<string, number>();
for (const [name, us] of times) add(parts, partOf(name), us);
print('package or folder, self', parts);

function print(title: string, table: ReadonlyMap<string, number>): void {
  console.log(`  share  µs/delivery  ${title}`);
  for (const [name, us] of [...table].sort((a, b) => b[1] - a[1]).slice(0, Number(flags.top))) {
    const share = ((us / busyUs) * 100).toFixed(1).padStart(6);
    console.log(`${share}%  ${(us / deliveries).toFixed(2).padStart(11)}  ${name}`);
  }
  console.log('');
}

/** The npm package, the folder of ours, `node:` for Node's own JavaScript, or the native function itself. */
function partOf(name: string): string {
  const path = name.split('  ')[1];
  if (path === undefined) return name;
  if (path.startsWith('node:')) return 'node:';
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path);
  return inPackage?.[1] ?? path.replace(/\/[^/]*$/, '');
}
