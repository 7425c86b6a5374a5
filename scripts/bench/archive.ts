/**
 * What the archive of an account costs: `npm run bench:archive`. 100,000 messages in one conversation, and in a hundred of which
 * everybody has read everything, downloaded from a server process of its own and then imported. Question: does it take 60 s and
 * 300 MB at most? Prediction: 10 s, of which merging the documents is half, and 200 MB, because an epoch is in memory at a time.
 * `-- --messages 10000` for fewer.
 */
import { cpus } from 'node:os';
import type { ConversationId, UserId } from '../../schema/ids.ts';
import { importArchive } from '../../server/archive/import-archive.ts';
import { Archive } from '../../server/archive/read-archive.ts';
import { takeArguments } from '../arguments.ts';
import { full } from './config.ts';
import { seedHistory } from './history.ts';
import { buildServer, Laboratory } from './laboratory.ts';
import { rssBytes } from './process-usage.ts';
import { userId } from './seed.ts';

const USAGE = 'Usage: npm run bench:archive [-- --messages <n>]';
const { values: flags } = takeArguments(USAGE, { options: { messages: { type: 'string', default: '100000' } } });
const messages = Number(flags.messages);
const PEOPLE = 10;
/** Resident memory is sampled; a peak shorter than this is not one of a stream. */
const SAMPLE_MS = 50;

await using laboratory = await Laboratory.open(
  { ...full, connections: 4 * PEOPLE, idle: { ...full.idle, connections: 4 * PEOPLE } },
  buildServer(),
);
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n`);
for (const [index, conversations] of [1, 100].entries()) {
  const people = Array.from({ length: PEOPLE }, (_, n) => userId(index * PEOPLE + n) as UserId);
  const ids = Array.from({ length: conversations }, (_, n) => `bench-archive-${conversations}-${n}` as ConversationId);
  await laboratory.unpinned(async () => {
    for (const conversation of ids)
      await seedHistory(laboratory.pool, { conversation, people, messages: messages / conversations });
  });
  const member = laboratory.member({ conversation: ids[0] as ConversationId, epoch: 0, user: index * PEOPLE });
  await using subject = await laboratory.start('tidewire');
  const before = rssBytes(subject.pid);
  const [serverMs, postgresMs] = [subject.cpuMs(), laboratory.postgresCpuMs()];
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, rssBytes(subject.pid));
  }, SAMPLE_MS);
  const startedMs = performance.now();
  const response = await fetch(`http://127.0.0.1:${subject.port}/api/me/export`, {
    headers: { authorization: member.headers.Authorization as string },
  });
  const zip = new Uint8Array(await response.arrayBuffer());
  const seconds = (performance.now() - startedMs) / 1_000;
  clearInterval(sampling);
  const told = response.headers.get('tidewire-messages');
  console.log(
    `${told} messages in ${conversations}: ${seconds.toFixed(1)} s, ${megabytes(zip.length)} MB, server ${megabytes(before)} → ${megabytes(peak)} MB, CPU ${cpu(subject.cpuMs() - serverMs)} and Postgres ${cpu(laboratory.postgresCpuMs() - postgresMs)}`,
  );
  await laboratory.pool.query('delete from conversations where id = any($1)', [ids]);
  const importedMs = performance.now();
  const archive = new Archive(zip);
  let imported = 0;
  const blobs = { put: async () => undefined };
  for await (const done of importArchive({ pool: laboratory.pool, archive, people: new Map(), blobs }))
    imported += done.messages;
  console.log(
    `imported ${imported} in ${((performance.now() - importedMs) / 1_000).toFixed(1)} s, this process ${megabytes(process.memoryUsage().rss)} MB`,
  );
}

function cpu(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
