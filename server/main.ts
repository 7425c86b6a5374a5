/** The server as a process: reads the settings, starts, says where it is, and ends in an orderly way when asked to. */
import './garbage-collection.ts';
import { loadConfig } from './config.ts';
import { createLog } from './log.ts';
import { createServer, type Server } from './server.ts';

/**
 * Commits and answers under way take milliseconds, Postgres a checkpoint. Supervisors kill after 10 s or more, which with the
 * usual time for sending clients away is a second later.
 */
const END_MS = 4_000;
/** Ctrl-C may reach us twice, from the terminal and through npm. Only who asks again later is in a hurry. */
const SAME_WISH_MS = 1_000;

let log = createLog({ level: 'info' });
let drainMs = 0;
let starting: Promise<Server> | undefined;
let endingSince: number | undefined;

async function end(reason: string): Promise<void> {
  // Postgres ends by itself when this process is gone.
  if (endingSince !== undefined && performance.now() - endingSince > SAME_WISH_MS) process.exit(1);
  if (endingSince !== undefined) return;
  endingSince = performance.now();
  log.info(`ending: ${reason}`);
  setTimeout(() => process.exit(1), drainMs + END_MS).unref();
  const server = await starting?.catch(() => undefined);
  await server?.[Symbol.asyncDispose]();
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

try {
  const config = loadConfig();
  log = createLog({ level: config.logLevel });
  drainMs = config.drainMs;
  const parent = process.ppid;
  if (config.endsWithParent) setInterval(() => process.ppid !== parent && end('npm is gone'), 1_000).unref();
  starting = createServer({ config, log });
  log.info(`Tidewire is ready at ${(await starting).url}`);
} catch (error) {
  // Mostly a setting is wrong, and the message says which; where it was thrown helps few.
  log.fatal(log.isLevelEnabled('debug') ? error : (error as Error).message);
  process.exit(1);
}
