/** Makes the Markdown of a run: medians of the repeats with their range, ratios, goals and the machine. */
import { cpus, totalmem } from 'node:os';
import type { BenchConfig } from './config.ts';
import type { ColdOpenResult } from './scenarios/cold-open.ts';
import type { CommitResult } from './scenarios/commit.ts';
import type { IdleResult } from './scenarios/idle.ts';
import type { MessagingResult } from './scenarios/messaging.ts';

export interface Results {
  readonly messaging: { readonly raw: readonly MessagingResult[]; readonly tidewire: readonly MessagingResult[] };
  readonly idle: { readonly raw: readonly IdleResult[]; readonly tidewire: readonly IdleResult[] };
  readonly coldOpen: readonly ColdOpenResult[];
  readonly commit: CommitResult | undefined;
}

interface Row {
  readonly what: string;
  readonly raw: readonly number[];
  readonly tidewire: readonly number[];
  readonly digits: number;
  /** The goal as text; `ratio` rows show ours divided by raw. */
  readonly goal?: string;
}

export function report(results: Results, config: BenchConfig, { isQuick }: { isQuick: boolean }): string {
  const sections = [
    heading(isQuick),
    ...comparison(results, config),
    ...coldOpen(results.coldOpen, config),
    ...commit(results.commit),
  ];
  return `${sections.join('\n')}\n`;
}

const heading = (isQuick: boolean): string =>
  `## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC${isQuick ? ' (quick: proves that it runs, measures nothing)' : ''}\n\n` +
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.versions.node}.\n`;

function comparison({ messaging, idle }: Results, config: BenchConfig): string[] {
  const rows: Row[] = [];
  if (messaging.tidewire.length > 0) rows.push(...messagingRows(messaging, config));
  if (idle.tidewire.length > 0) rows.push(...idleRows(idle, config));
  if (rows.length === 0) return [];
  return [
    '| | raw `ws` | Tidewire | ratio | goal |',
    '|---|---:|---:|---:|---|',
    ...rows.map(({ what, raw, tidewire, digits, goal }) => {
      const ratio = median(tidewire) / median(raw);
      return `| ${what} | ${spread(raw, digits)} | ${spread(tidewire, digits)} | ${Number.isFinite(ratio) ? `${ratio.toFixed(2)}×` : ''} | ${goal ?? ''} |`;
    }),
    '',
  ];
}

function messagingRows({ raw, tidewire }: Results['messaging'], config: BenchConfig): Row[] {
  const row = (what: string, digits: number, pick: (result: MessagingResult) => number, goal?: string): Row => ({
    what,
    digits,
    raw: raw.map(pick),
    tidewire: tidewire.map(pick),
    ...(goal ? { goal } : {}),
  });
  const { connections, roomSize, steady, saturation } = config;
  return [
    row(
      `**Saturation**, ${connections} connections in rooms of ${roomSize}: deliveries/s with p99 < ${saturation.maxP99Ms} ms`,
      0,
      ({ best }) => best.deliveriesPerSecond,
      '≥ 0.40×',
    ),
    row('… p99 there, ms', 1, ({ best }) => best.p99FromDueMs),
    row('… server, share of its core', 2, ({ best }) => best.serverCore),
    row('… generator, share of the other core', 2, ({ best }) => best.generatorCore),
    row('… Postgres, share of the other core', 2, ({ best }) => best.postgresCore),
    row('… everybody else on the machine, cores', 2, ({ best }) => best.othersCore, '≈ 0, or measure again'),
    row('… taken by the hypervisor, cores', 2, ({ best }) => best.stolenCore),
    row('… server CPU per delivery, µs', 1, ({ best }) => best.serverCpuUsPerDelivery),
    row(`**Steady** ${steady.deliveriesPerSecond} deliveries/s: p50, ms`, 2, ({ steady: point }) => point.p50Ms),
    row('… p99, ms', 2, ({ steady: point }) => point.p99Ms, '≤ 6'),
    row('… p99 with the generator’s own delay, ms', 2, ({ steady: point }) => point.p99FromDueMs),
    row('… server CPU per delivery, µs', 1, ({ steady: point }) => point.serverCpuUsPerDelivery, '≤ 2.0×'),
    row('… everybody else on the machine, cores', 2, ({ steady: point }) => point.othersCore, '≈ 0, or measure again'),
    row('… taken by the hypervisor, cores', 2, ({ steady: point }) => point.stolenCore),
    row('… acknowledgement (committed) p50, ms', 2, ({ steady: point }) => point.acknowledgementP50Ms),
    row('… acknowledgement (committed) p99, ms', 2, ({ steady: point }) => point.acknowledgementP99Ms),
  ];
}

function idleRows({ raw, tidewire }: Results['idle'], config: BenchConfig): Row[] {
  const { connections } = config.idle;
  const numbers = (pick: (result: IdleResult) => number | undefined): Pick<Row, 'raw' | 'tidewire'> => ({
    raw: raw.map(pick).filter((value) => value !== undefined),
    tidewire: tidewire.map(pick).filter((value) => value !== undefined),
  });
  return [
    {
      what: `**Idle**, ${connections} connections: connects/s (Tidewire: with authentication)`,
      digits: 0,
      goal: '≥ 2,000',
      ...numbers(({ connectsPerSecond }) => connectsPerSecond),
    },
    {
      what: '… kB resident per connection, no channel open',
      digits: 1,
      goal: '≤ 12',
      ...numbers(({ bytesPerConnection }) => bytesPerConnection / 1_000),
    },
    {
      what: `… kB resident per connection, one channel open (1 document for ${config.roomSize})`,
      digits: 1,
      goal: '≤ 12',
      ...numbers(({ bytesPerConnectionWithChannel: bytes }) => (bytes === undefined ? undefined : bytes / 1_000)),
    },
    { what: '… channels opened/s', digits: 0, ...numbers(({ channelsPerSecond }) => channelsPerSecond) },
  ];
}

function coldOpen(results: readonly ColdOpenResult[], config: BenchConfig): string[] {
  if (results.length === 0) return [];
  const row = (
    what: string,
    digits: number,
    plain: (result: ColdOpenResult) => number,
    ours: (result: ColdOpenResult) => number,
  ) => `| ${what} | ${spread(results.map(plain), digits)} | ${spread(results.map(ours), digits)} |`;
  return [
    `| Opening a document of ${config.coldOpen.messages} messages | plain Yjs from a file | Tidewire |`,
    '|---|---:|---:|',
    row(
      'bytes of the state',
      0,
      (result) => result.bytes,
      (result) => result.bytes,
    ),
    row(
      'not yet in memory: time to the last byte, ms',
      1,
      ({ plainCold }) => plainCold.medianMs,
      ({ cold }) => cold.medianMs,
    ),
    row(
      '… server CPU, ms',
      1,
      ({ plainCold }) => plainCold.serverCpuMs,
      ({ cold }) => cold.serverCpuMs,
    ),
    row(
      'already open: time to the last byte, ms',
      1,
      ({ plainOpen }) => plainOpen.medianMs,
      ({ open }) => open.medianMs,
    ),
    row(
      '… server CPU, ms',
      1,
      ({ plainOpen }) => plainOpen.serverCpuMs,
      ({ open }) => open.serverCpuMs,
    ),
    '',
    `Stored as ${results[0]?.stored.snapshots} snapshot and ${results[0]?.stored.entries} journal entries.`,
    '',
  ];
}

const commit = (result: CommitResult | undefined): string[] =>
  result
    ? [
        `Postgres here: one row a commit p50 ${result.singleP50Ms.toFixed(2)} ms, p99 ${result.singleP99Ms.toFixed(2)} ms; ` +
          `${result.batchRows} rows in one statement p50 ${result.batchP50Ms.toFixed(2)} ms, p99 ${result.batchP99Ms.toFixed(2)} ms.`,
        '',
      ]
    : [];

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** `median (lowest–highest)`, or the only value. */
function spread(values: readonly number[], digits: number): string {
  const show = (value: number): string =>
    Number.isNaN(value)
      ? '–'
      : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (values.length === 0) return '–';
  const text = show(median(values));
  return values.length === 1 || Number.isNaN(median(values))
    ? text
    : `${text} (${show(Math.min(...values))}–${show(Math.max(...values))})`;
}
