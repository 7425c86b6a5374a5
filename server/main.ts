/** The server as a process: reads the settings, starts, says where it is, and ends in an orderly way when asked to. */
import { loadConfig } from './config.ts';
import { createLog } from './log.ts';
import { createServer, type Server } from './server.ts';

/** Commits and answers under way take milliseconds, Postgres a checkpoint. Supervisors kill after 10 s or more. */
const END_MS = 9_000;

let log = createLog({ level: 'info' });
let starting: Promise<Server> | undefined;
let isEnding = false;

async function end(signal: NodeJS.Signals): Promise<void> {
  // Whoever asks twice is in a hurry. Postgres ends by itself when this process is gone.
  if (isEnding) process.exit(1);
  isEnding = true;
  log.info(`${signal}: ending`);
  setTimeout(() => process.exit(1), END_MS).unref();
  const server = await starting?.catch(() => undefined);
  await server?.[Symbol.asyncDispose]();
  process.exit(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

try {
  const config = loadConfig();
  log = createLog({ level: config.logLevel });
  starting = createServer({ config, log });
  const { url } = await starting;
  if (!isEnding) log.info(`Tidewire is ready at ${url}`);
} catch (error) {
  // What goes wrong at the start is mostly a setting, and its message says which; where it was thrown helps few.
  log.fatal((error as Error).message);
  log.debug({ err: error }, 'it was thrown here');
  process.exit(1);
}
