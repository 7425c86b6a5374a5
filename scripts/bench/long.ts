/**
 * What a long conversation costs to open: `npm run bench:long`. The same conversation with 1,000, 10,000, 100,000 and 1,000,000
 * messages; the first is the baseline of the others. `-- --sizes 1000,10000` for fewer, `-- --write` puts the tables on top of
 * RESULTS-LONG.md. Questions and predictions are in README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { full } from './config.ts';
import { seedHistory } from './history.ts';
import { buildServer, Laboratory } from './laboratory.ts';
import { familyCpuMs, machineMs } from './process-usage.ts';
import { median } from './report.ts';
import { type BrowserResult, measureBrowser } from './scenarios/long-in-browser.ts';
import { type LongConversation, type LongOpenResult, measureLongOpen } from './scenarios/long-open.ts';
import { userId } from './seed.ts';

const { values: flags } = parseArgs({
  options: {
    sizes: { type: 'string', default: '1000,10000,100000,1000000' },
    rounds: { type: 'string', default: '5' },
    'browser-rounds': { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
});
const PEOPLE = 10;
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
  const epoch = await laboratory.unpinned(() => seedHistory(laboratory.pool, { conversation, people, messages }));
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
    ['first rows, nothing on the device, ms', 0, (result: BrowserResult) => result.coldMs],
    ['first rows from IndexedDB, ms since the app began', 0, (result: BrowserResult) => result.warmMs],
  ] as [string, number, (result: never) => readonly number[]][]),
].join('\n');
process.stdout.write(`${markdown}\n`);
if (flags.write) {
  const file = join(import.meta.dirname, 'RESULTS-LONG.md');
  const before = readFileSync(file, 'utf8');
  const at = before.indexOf('\n## ') < 0 ? before.length : before.indexOf('\n## ') + 1;
  writeFileSync(
    file,
    `${before.slice(0, at).trimEnd()}\n\n${markdown}${at < before.length ? '\n' : ''}${before.slice(at)}`,
  );
}
