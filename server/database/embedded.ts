/**
 * A Postgres of our own in the data folder, for people who just want to start Tidewire. It listens on 127.0.0.1 only, with a
 * random password; ends with this process however that ends; starts again when it dies; and belongs to one server at a time.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Log } from '../log.ts';
import { keepSecret } from '../secret.ts';
import { findIdentity, findPrograms } from './binaries.ts';
import { type Cluster, findFreePort, makeCluster, runCluster } from './cluster.ts';
import { endFormerPostgres, findOwnership, OwnedByAnother, postgresUrl } from './former-postgres.ts';
import type { Kept } from './keeper.ts';

export interface EmbeddedPostgres extends AsyncDisposable {
  readonly url: string;
}

/** Ours while both live: the process, and the session that says so to other servers. */
interface Running {
  readonly kept: Kept;
  readonly owner: pg.Client;
}

/** A port may be taken, or a former Postgres end, between looking and starting: a few tries tell bad luck from a fault. */
const TRIES = 5;

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly log: Log;
  /** `lost-with-power` is for tests: commits do not wait for the disk. */
  readonly durability?: Cluster['durability'];
}

export async function startPostgres({ dataDir, log, durability = 'kept' }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true });
  const folder = join(dataDir, 'postgres');
  const password = keepSecret(join(dataDir, 'postgres-password'));
  const programs = await findPrograms();
  const identity = await findIdentity([programs.postgres, folder]);
  const cluster: Cluster = { folder, password, programs, identity, durability };
  await makeCluster(cluster);

  const run = async (port: number): Promise<Running> => {
    await endFormerPostgres({ folder, password, log });
    const kept = await runCluster({ cluster, port, log });
    const owner = await findOwnership({ port, password });
    if (owner) return { kept, owner };
    await kept.stop();
    throw new OwnedByAnother(folder);
  };

  let port = await findFreePort();
  let running: Running | undefined;
  for (let tries = 1; !running; tries++) {
    try {
      running = await run(port);
    } catch (error) {
      if (error instanceof OwnedByAnother || tries === TRIES) throw error;
      await sleep(200 * tries);
      port = await findFreePort();
    }
  }

  let isStopping = false;
  const restart = async (): Promise<void> => {
    for (let pauseMs = 100; running && !isStopping; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      await running.kept.exited;
      if (isStopping) return;
      log.error('Postgres has ended by itself: starting it again');
      try {
        running = await run(port);
        pauseMs = 100;
      } catch (error) {
        log.error({ err: error }, 'Postgres does not start');
        await sleep(pauseMs);
      }
    }
    if (isStopping) await running?.kept.stop();
  };
  const restarting = restart();

  return {
    url: postgresUrl({ port, password }),
    async [Symbol.asyncDispose]() {
      isStopping = true;
      await running?.owner.end().catch(() => {}); // gone with its Postgres
      await running?.kept.stop();
      await restarting;
    },
  };
}
