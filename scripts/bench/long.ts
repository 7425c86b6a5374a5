/**
 * What a long conversation costs to open: `npm run bench:long`. The same conversation with 1,000, 10,000, 100,000 and 1,000,000
 * messages; the first is the baseline of the others. `-- --sizes 1000,10000` for fewer, `-- --write` puts the tables on top of
 * RESULTS-LONG.md. Questions and predictions are in README.md.
 */
import { cpus, totalmem } from 'node:os';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { takeArguments } from '../arguments.ts';
import { full } from './config.ts';
import { seedHistory } from './history.ts';
import { buildServer, Laboratory } from './laboratory.ts';
import { familyCpuMs, machineMs } from './process-usage.ts';
import { median } from './report.ts';
import { type BrowserResult, measureBrowser } from './scenarios/long-in-browser.ts';
import { type LongConversation, type LongOpenResult, measureLongOpen } from './scenarios/long-open.ts';
import { measureReading, type ReadingResult } from './scenarios/long-reading.ts';
import { userId } from './seed.ts';
import { writeOnTop } from './write-on-top.ts';

const USAGE =
  'Usage: npm run bench:long [-- --sizes <n,…>] [--rounds <n>] [--browser-rounds <n>] [--reading-rows <n>] [--write]';
const { values: flags } = takeArguments(USAGE, {
  options: {
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    rounds: { type: 'string', default: '5' },
    'browser-rounds': { type: 'string', default: '2' },
    'reading-rows': { type: 'string', default: '10000' },
    write: { type: 'boolean', default: false },
  },
});
const PEOPLE = 10;
/** As many conversations as the app keeps open, all of them more recent than the long one. */
const OTHERS = 50;
const OTHERS_START_MS = Date.parse('2026-02-01T00:00:00Z');
const sizes = flags.sizes.split(',').map(Number);
const progress = (text: string): void => void process.stderr.write(`${text}\n`);

await using laboratory = await Laboratory.open(
  { ...full, connections: 200, idle: { ...full.idle, connections: 200 } },
  buildServer(),
);
const conversations: LongConversation[] = [];
for (const [index, messages] of sizes.entries()) {
  const user = index * PEOPLE;
  const people = Array.from({ length: PEOPLE }, (_, n) => userId(user + n) as UserId);
  const conversation = `bench-long-${messages}` as ConversationId;
  const startedMs = performance.now();
  const epoch = await laboratory.unpinned(async () => {
    // Enough that the app has better things to keep in memory than the long one.
    for (let n = 0; n < OTHERS; n++) {
      const other = `bench-other-${messages}-${n}` as ConversationId;
      await seedHistory(laboratory.pool, { conversation: other, people, messages: 3, startMs: OTHERS_START_MS });
    }
    return seedHistory(laboratory.pool, { conversation, people, messages });
  });
  progress(
    `${messages} messages in ${epoch + 1} epochs seeded in ${Math.round((performance.now() - startedMs) / 1_000)} s`,
  );
  conversations.push({ conversation, epoch, messages, user });
}
await laboratory.pool.query('vacuum analyze');
const opened = await withOthers(() =>
  measureLongOpen({ laboratory, conversations, rounds: Number(flags.rounds), progress }),
);
const browser = await withOthers(() =>
  measureBrowser({ laboratory, conversations, rounds: Number(flags['browser-rounds']), progress }),
);

const reading = await withOthers(() =>
  measureReading({
    laboratory,
    conversation: conversations.at(-1) as LongConversation,
    rows: Math.min(Number(flags['reading-rows']), sizes.at(-1) as number),
    progress,
  }),
);

/** What everybody else on the machine used meanwhile, in cores: anything above a few hundredths spoils times, not ratios. */
async function withOthers<Results>(measure: () => Promise<Results>): Promise<{ results: Results; others: string }> {
  const read = () => ({
    atMs: performance.now(),
    busyMs: machineMs().busy - familyCpuMs(process.pid) - laboratory.postgresCpuMs(),
  });
  const before = read();
  const results = await measure();
  const after = read();
  return { results, others: ((after.busyMs - before.busyMs) / (after.atMs - before.atMs)).toFixed(2) };
}

const cell = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
function table(
  title: string,
  results: readonly (LongOpenResult | BrowserResult)[],
  rows: readonly [string, number, (result: never) => readonly number[]][],
): string[] {
  return [
    `| ${title} | ${sizes.map((size) => `${size.toLocaleString('en')} messages`).join(' | ')} | last ÷ first |`,
    `|---|${sizes.map(() => '---:').join('|')}|---:|`,
    ...rows.map(([what, digits, pick]) => {
      const values = results.map((result) => pick(result as never));
      const ratio = median(values.at(-1) ?? []) / median(values[0] ?? []);
      return `| ${what} | ${values.map((each) => cell(each, digits)).join(' | ')} | ${ratio.toFixed(2)}× |`;
    }),
    '',
  ];
}
function readingTable(result: ReadingResult, others: string): string[] {
  const share = (count: number): string => `${count} (${((count / result.frames) * 100).toFixed(1)} %)`;
  const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);
  return [
    `| Chromium, not throttled, ${result.rows.toLocaleString('en')} rows of the longest (others used ${others} cores) | |`,
    '|---|---:|',
    `| heap before and after, MiB | ${megabytes(result.heapBefore)} → ${megabytes(result.heapAfter)} |`,
    `| frames over 16.7 ms, of ${result.frames} | ${share(result.framesOver17Ms)} |`,
    `| … over 34 ms; the longest, ms | ${share(result.framesOver34Ms)}; ${result.worstFrameMs.toFixed(0)} |`,
    `| offline search: the first, which reads the index, ms | ${result.firstOfflineSearchMs.toFixed(0)} |`,
    `| … further ones, ms | ${cell(result.offlineSearchMs, 0)} |`,
    `| search with the server, from key to painted matches, ms | ${cell(result.serverSearchMs, 0)} |`,
    '',
  ];
}
const markdown = [
  `## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  '',
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux, Node ${process.versions.node}.`,
  '',
  ...table(`Server (others used ${opened.others} cores)`, opened.results, [
    ['newest epoch, in no memory: bytes', 0, (result: LongOpenResult) => result.bytes],
    ['… time to the last byte, ms', 1, (result: LongOpenResult) => result.ms],
    ['… server CPU, ms', 1, (result: LongOpenResult) => result.cpuMs],
    ['150 clients open it at once: p99, ms', 0, (result: LongOpenResult) => result.crowdP99Ms],
    ['… server CPU for all of them, ms', 0, (result: LongOpenResult) => result.crowdCpuMs],
    ['list of conversations, ms', 1, (result: LongOpenResult) => result.listMs],
    ['search for two words, ms', 1, (result: LongOpenResult) => result.searchMs],
  ] as [string, number, (result: never) => readonly number[]][]),
  ...table(`Chromium, CPU throttled 4× (others used ${browser.others} cores)`, browser.results, [
    ['page load to rows, nothing on the device, ms', 0, (result: BrowserResult) => result.coldMs],
    ['page load to rows, offline, ms', 0, (result: BrowserResult) => result.warmMs],
    ['… since the app first showed anything, ms', 0, (result: BrowserResult) => result.warmSinceAppMs],
    ['opened in a running app, from IndexedDB, ms', 0, (result: BrowserResult) => result.switchMs],
    ['… back to it once more, ms', 0, (result: BrowserResult) => result.switchBackMs],
  ] as [string, number, (result: never) => readonly number[]][]),
  ...readingTable(reading.results, reading.others),
].join('\n');
process.stdout.write(`${markdown}\n`);
if (flags.write) writeOnTop('RESULTS-LONG.md', markdown);
