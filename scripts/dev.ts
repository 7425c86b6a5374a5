/**
 * `npm run dev`: everything to work on Tidewire. Vite serves the client with hot reload and passes the rest on to the server,
 * which starts anew whenever one of its files changes; the embedded Postgres stays up meanwhile.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createServer } from 'vite';
import { loadConfig } from '../server/config.ts';
import { startPostgres } from '../server/database/embedded.ts';
import { createLog } from '../server/log.ts';

const root = join(import.meta.dirname, '..');
const config = loadConfig();
const log = createLog({ level: config.logLevel });

async function main(): Promise<void> {
  await using postgres = config.databaseUrl ? undefined : await startPostgres({ dataDir: config.dataDir, log });
  // The configuration of Vite reads the port to pass requests on to.
  process.env.PORT = `${config.port}`;
  const vite = await createServer({ configFile: join(root, 'vite.config.ts') });
  const server = spawn(
    process.execPath,
    ['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false', 'server/main.ts'],
    {
      cwd: root,
      env: { ...process.env, DATABASE_URL: config.databaseUrl ?? postgres?.url },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const exited = once(server, 'exit');
  await vite.listen();
  log.info(`Tidewire is being served for development at ${vite.resolvedUrls?.local[0]}`);

  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP'), exited]);
  // Ctrl-C comes twice, from the terminal and through npm; the second must not cut this short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  await vite.close();
  server.kill('SIGTERM');
  await exited;
}

main().then(
  () => process.exit(0),
  (error: Error) => {
    log.fatal(error.message);
    process.exit(1);
  },
);
