/**
 * How fast the app feels: `npm run bench:ui`. Opening conversations in a running app, typing after 10,000 rows, the code that is
 * loaded before the first sight, and layout shifts. `-- --pages 1 --rows 2000` for a short run, `-- --write` puts the table on top
 * of RESULTS-UI.md. Question and prediction are in README.md.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { takeArguments } from '../arguments.ts';
import { full } from './config.ts';
import { seedHistory } from './history.ts';
import { buildServer, Laboratory } from './laboratory.ts';
import { familyCpuMs, machineMs } from './process-usage.ts';
import { median } from './report.ts';
import { measureOpenings, type OpeningResult } from './scenarios/ui-opening.ts';
import { measureTyping } from './scenarios/ui-typing.ts';
import { userId } from './seed.ts';
import { writeOnTop } from './write-on-top.ts';

const USAGE = 'Usage: npm run bench:ui [-- --pages <n>] [--rows <n>] [--write]';
const { values: flags } = takeArguments(USAGE, {
  options: {
    pages: { type: 'string', default: '3' },
    rows: { type: 'string', default: '10000' },
    write: { type: 'boolean', default: false },
  },
});
const LONG = 5;
/** As many conversations as the app keeps open, all of them more recent than the long ones. */
const OTHERS = 50;
const OTHERS_START_MS = Date.parse('2026-02-01T00:00:00Z');
const rows = Number(flags.rows);
const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const server = buildServer();
await using laboratory = await Laboratory.open(
  { ...full, connections: 200, idle: { ...full.idle, connections: 200 } },
  server,
);
const people = Array.from({ length: 10 }, (_, n) => userId(n) as UserId);
const conversations = Array.from({ length: LONG }, (_, n) => `bench-long-${n}` as ConversationId);
const longest = 'bench-longest' as ConversationId;
progress('seeding');
const epoch = await laboratory.unpinned(async () => {
  for (let n = 0; n < OTHERS; n++) {
    const conversation = `bench-other-${n}` as ConversationId;
    await seedHistory(laboratory.pool, { conversation, people, messages: 3, startMs: OTHERS_START_MS });
  }
  for (const conversation of conversations)
    await seedHistory(laboratory.pool, { conversation, people, messages: 1_000 });
  return seedHistory(laboratory.pool, { conversation: longest, people, messages: rows + 1_000 });
});
await laboratory.pool.query('update conversations set title = id');
await laboratory.pool.query('vacuum analyze');

const read = () => ({
  atMs: performance.now(),
  busyMs: machineMs().busy - familyCpuMs(process.pid) - laboratory.postgresCpuMs(),
});
const before = read();
const openings = await measureOpenings({ laboratory, conversations, user: 0, pages: Number(flags.pages), progress });
const typing = await measureTyping({
  laboratory,
  conversation: { conversation: longest, epoch, messages: rows + 1_000, user: 0 },
  rows,
  progress,
});
const after = read();
// Chromium is not a child that is waited for: what it uses is in here too, and is about one core.
const busy = (after.busyMs - before.busyMs) / (after.atMs - before.atMs);

/** What the page of the app asks for before it draws anything, the words of one language included, in bytes as they are sent. */
function firstLoadBytes(): number {
  const folder = join(server, '../../client');
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path as string);
  const words = readdirSync(join(folder, 'assets')).filter((name) => /^en-[\w-]+\.js$/.test(name));
  const files = [...named, ...words.map((name) => join('assets', name))];
  return files.reduce((sum, path) => sum + gzipSync(readFileSync(join(folder, path))).length, 0);
}

const cell = (values: readonly number[], digits = 0): string =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
const opening = (what: string, { presentedMs, mainThreadMs }: OpeningResult, goal: string): string =>
  `| ${what} | ${cell(presentedMs)} | ${cell(mainThreadMs, 1)} | ${goal} |`;
const shifts = Object.values(openings).flatMap(({ shift }) => shift);
const markdown = [
  `## ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  '',
  `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}. All but this process and Postgres used ${busy.toFixed(2)} cores, Chromium included.`,
  '',
  '| From the press to the frame with rows | presented, CPU throttled 4×, ms | main thread, not throttled, CPU ms | goal (throttled) |',
  '|---|---:|---:|---:|',
  opening('from IndexedDB', openings.stored, '≤ 150'),
  opening('from memory, its pane made anew', openings.inMemory, '≤ 50'),
  opening('going back to a pane that was kept', openings.kept, '≤ 50'),
  '',
  '| | | goal |',
  '|---|---:|---:|',
  `| layout shift while opening, the worst | ${Math.max(...shifts).toFixed(4)} | 0 |`,
  `| layout shift while scrolling back through ${typing.rows.toLocaleString('en')} rows | ${typing.scrollShift.toFixed(4)} | 0 |`,
  `| dropped frames while ${typing.keys} keys are typed after those rows, of ${typing.frames} | ${typing.dropped} | 0 |`,
  `| … key to paint, ms; longest animation frame over 50, ms | ${cell(typing.keyMs)}; ${typing.longestTaskMs.toFixed(0)} | |`,
  `| JavaScript before the first sight, kB gzip | ${(firstLoadBytes() / 1_000).toFixed(1)} | ≤ 200 |`,
  '',
].join('\n');
process.stdout.write(`${markdown}\n`);
if (flags.write) writeOnTop('RESULTS-UI.md', markdown);
