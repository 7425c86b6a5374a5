/**
 * `npm run bench`: every scenario against raw `ws` in one run, subjects taking turns; prints the table of RESULTS.md.
 * `-- --quick` is a smoke test, `-- --only messaging,idle,cold-open,commit` picks, `-- --repeats n` overrides the
 * configuration, `-- --server dist/server/main.js` measures another build, `-- --write` puts the table on top of RESULTS.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { misused, takeArguments } from '../arguments.ts';
import { type BenchConfig, full, quick } from './config.ts';
import { buildServer, type Contender, Laboratory } from './laboratory.ts';
import { median, type Results, report } from './report.ts';
import { type ColdOpenResult, measureColdOpen } from './scenarios/cold-open.ts';
import { measureCommits } from './scenarios/commit.ts';
import { type IdleResult, measureIdle } from './scenarios/idle.ts';
import type { LoadPoint } from './scenarios/load-point.ts';
import { type MessagingResult, measureMessaging } from './scenarios/messaging.ts';

/** A core is never quite alone: the kernel and the collector of these very numbers take their share. */
const MAX_OTHERS_CORES = 0.15;

const SCENARIOS = ['messaging', 'idle', 'cold-open', 'commit'];
const CONTENDERS: readonly Contender[] = ['raw', 'tidewire'];

const USAGE = 'Usage: npm run bench [-- --quick] [--only <scenario,…>] [--repeats <n>] [--server <file>] [--write]';
const { values: flags } = takeArguments(USAGE, {
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    only: { type: 'string' },
    repeats: { type: 'string' },
    server: { type: 'string' },
  },
});
const chosen: BenchConfig = flags.quick ? quick : full;
const config: BenchConfig = { ...chosen, repeats: flags.repeats ? Number(flags.repeats) : chosen.repeats };
const scenarios = new Set(flags.only?.split(',') ?? SCENARIOS);
for (const name of scenarios)
  if (!SCENARIOS.includes(name)) misused(USAGE, `There is no scenario ${name}. There are ${SCENARIOS.join(', ')}.`);

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

function describe({
  offeredPerSecond,
  deliveriesPerSecond,
  missing,
  p99FromDueMs,
  serverCore,
  generatorCore,
  postgresCore,
  othersCore,
}: LoadPoint): string {
  const share = (core: number): string => `${Math.round(core * 100)} %`;
  return (
    `  offered ${Math.round(offeredPerSecond)}/s: ${Math.round(deliveriesPerSecond)}/s, p99 ${p99FromDueMs.toFixed(1)} ms, ` +
    `missing ${missing}, server ${share(serverCore)}, generator ${share(generatorCore)}, Postgres ${share(postgresCore)}, others ${share(othersCore)}`
  );
}

/** Nothing may go wrong unseen: a closed connection or a refusal makes the numbers worthless. */
function requireClean(
  what: string,
  { failures, refusals = 0 }: { failures: ReadonlyMap<string, number>; refusals?: number },
): void {
  if (failures.size === 0 && refusals === 0) return;
  const reasons = [...failures].map(([reason, count]) => `${count} × ${reason}`);
  throw new Error(`${what}: ${[...reasons, `${refusals} refusals`].join('; ')}`);
}

const results = {
  messaging: { raw: [] as MessagingResult[], tidewire: [] as MessagingResult[] },
  idle: { raw: [] as IdleResult[], tidewire: [] as IdleResult[] },
  coldOpen: [] as ColdOpenResult[],
  commit: undefined as Results['commit'],
};

/** The most that others used in any point that a table shows. */
const othersCores = ({ messaging }: Results): number =>
  Math.max(
    0,
    ...[...messaging.raw, ...messaging.tidewire].flatMap(({ steady, best }) => [steady.othersCore, best.othersCore]),
  );

async function run(laboratory: Laboratory): Promise<void> {
  if (scenarios.has('commit')) results.commit = await measureCommits(laboratory);
  for (let round = 1; round <= config.repeats; round++) {
    for (const contender of CONTENDERS) {
      if (scenarios.has('messaging')) {
        progress(`messaging, ${contender}, round ${round} of ${config.repeats}`);
        const earlier = results.messaging[contender].map(({ best }) => best.offeredPerSecond);
        const startPerSecond =
          earlier.length > 0 ? median(earlier) * 0.85 : config.saturation.startDeliveriesPerSecond[contender];
        const result = await measureMessaging({
          laboratory,
          contender,
          startPerSecond,
          onPoint: (point) => progress(describe(point)),
        });
        requireClean(`messaging, ${contender}`, result);
        results.messaging[contender].push(result);
      }
      if (scenarios.has('idle')) {
        progress(`idle, ${contender}, round ${round} of ${config.repeats}`);
        const result = await measureIdle({ laboratory, contender });
        requireClean(`idle, ${contender}`, result);
        results.idle[contender].push(result);
      }
    }
    if (scenarios.has('cold-open')) {
      progress(`cold open, round ${round} of ${config.repeats}`);
      results.coldOpen.push(await measureColdOpen(laboratory));
    }
  }
}

{
  await using laboratory = await Laboratory.open(config, flags.server ? resolve(flags.server) : buildServer());
  await run(laboratory);
}
const markdown = report(results, config, { isQuick: flags.quick });
process.stdout.write(markdown);

const disturbedBy = othersCores(results);
if (disturbedBy > MAX_OTHERS_CORES) {
  progress(`Other processes used up to ${disturbedBy.toFixed(2)} cores meanwhile: these numbers say little.`);
}
if (flags.write) {
  if (disturbedBy > MAX_OTHERS_CORES)
    throw new Error('Not written to RESULTS.md: close everything else and measure again.');
  const file = join(import.meta.dirname, 'RESULTS.md');
  const before = readFileSync(file, 'utf8');
  const first = before.indexOf('\n## ');
  const at = first < 0 ? before.length : first + 1;
  writeFileSync(
    file,
    `${before.slice(0, at).trimEnd()}\n\n${markdown}${at < before.length ? '\n' : ''}${before.slice(at)}`,
  );
}
