/** A Postgres that a test can stop, crash and start again under the same address. Ends with this process. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findIdentity, findPrograms } from '../../../server/database/binaries.ts';
import { type Cluster, findFreePort, makeCluster, runCluster } from '../../../server/database/cluster.ts';
import { postgresUrl } from '../../../server/database/former-postgres.ts';
import { createLog } from '../../../server/log.ts';

const PASSWORD = 'only for tests';

export interface PrivatePostgres extends AsyncDisposable {
  readonly port: number;
  /** The address through another port: that of a relay. */
  urlThrough(port: number): string;
  /** `fast` rolls back what is under way and writes a checkpoint; `crash` does neither, and the next start recovers. */
  stop(how: 'fast' | 'crash'): Promise<void>;
  start(): Promise<void>;
}

export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const log = createLog({ level: 'silent' });
  const dataDir = await mkdtemp(join(tmpdir(), 'tidewire-faults-'));
  const folder = join(dataDir, 'postgres');
  const programs = await findPrograms();
  const identity = await findIdentity([programs.postgres, folder]);
  // Only a loss of power would lose commits: the kernel keeps what a Postgres that crashes has written.
  const cluster: Cluster = { folder, password: PASSWORD, programs, identity, durability: 'lost-with-power' };
  await makeCluster(cluster);
  const port = await findFreePort();
  let kept = await runCluster({ cluster, port, log });
  return {
    port,
    urlThrough: (other) => postgresUrl({ port: other, password: encodeURIComponent(PASSWORD) }),
    async stop(how) {
      if (how === 'crash') {
        const [pid] = (await readFile(join(folder, 'postmaster.pid'), 'utf8')).split('\n');
        process.kill(Number(pid), 'SIGQUIT');
        await kept.exited;
      } else await kept.stop();
    },
    async start() {
      kept = await runCluster({ cluster, port, log });
    },
    async [Symbol.asyncDispose]() {
      await kept.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
