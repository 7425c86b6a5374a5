/**
 * One Postgres for a whole test run, however many projects of vitest ask for it: in a temporary folder, with a template
 * database that has the newest schema. `testing.ts` makes a copy for each test that wants one.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {} from 'vitest';
import type { TestProject } from 'vitest/node';
import { createLog } from '../log.ts';
import { startPostgres } from './embedded.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The database to connect to for making others. */
    postgresUrl: string;
  }
}

export const TEMPLATE = 'tidewire_template';

interface Shared extends AsyncDisposable {
  readonly url: string;
}

// Each project loads this module anew; the process is what they share.
const shared = globalThis as { tidewirePostgres?: { started: Promise<Shared>; users: number } };

export async function setup(project: TestProject): Promise<void> {
  shared.tidewirePostgres ??= { started: start(), users: 0 };
  shared.tidewirePostgres.users += 1;
  project.provide('postgresUrl', (await shared.tidewirePostgres.started).url);
}

export async function teardown(): Promise<void> {
  const postgres = shared.tidewirePostgres;
  if (!postgres || --postgres.users > 0) return;
  delete shared.tidewirePostgres;
  await (await postgres.started)[Symbol.asyncDispose]();
}

async function start(): Promise<Shared> {
  const log = createLog({ level: 'error' });
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-tests-'));
  const postgres = await startPostgres({ dataDir, log, durability: 'lost-with-power' });
  const admin = createPool({ url: postgres.url, log });
  await admin.query(`create database ${TEMPLATE}`);
  await admin.end();
  const url = new URL(postgres.url);
  url.pathname = `/${TEMPLATE}`;
  const pool = createPool({ url: url.href, log });
  await migrate({ pool, log });
  await pool.end();
  return {
    url: postgres.url,
    async [Symbol.asyncDispose]() {
      await postgres[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
}
