/**
 * The real projector and snapshotter in a simulated run: they come to life for one round of work, so that what they do
 * happens at a place in the run's order. Of the shared database they see only their own conversation.
 */
import type { Pool } from '../database/pool.ts';
import { takeSnapshot } from '../journal/snapshots.ts';
import { createLog } from '../log.ts';
import { createMetrics } from '../metrics.ts';
import { startProjector } from '../workers/projector.ts';
import { startSnapshotter } from '../workers/snapshotter.ts';
import { passOn } from './gate.ts';
import { Violation } from './ledger.ts';
import { pick } from './operation.ts';
import type { World } from './world.ts';

/** Two older snapshots are enough for a deleted text to stand in. */
const KEEP = 3;

/** `when-due`: merges what an erasure or size makes due; `now`: takes a snapshot, as a person may ask for one. */
export async function runWorkers(world: World, snapshots: 'when-due' | 'now'): Promise<string> {
  const { conversation, document, counts } = world;
  let complaint: string | undefined;
  const log = createLog({
    level: 'error',
    destination: {
      write: (line: string) => {
        complaint ??= line;
      },
    },
  });
  const clock = { now: () => world.nowMs };
  const pool = ownRowsOnly(world);
  const metrics = createMetrics();
  const before = await snapshotSeq(world);
  {
    await using projector = startProjector({ pool, log, metrics, clock });
    await using snapshotter = startSnapshotter({ pool, log, metrics, clock, projector, keep: KEEP });
    // A person may ask for a snapshot while the projector is behind.
    const upTo = world.chance.happens(0.5) ? 1 + world.chance.below(world.truth.head + 1) : undefined;
    if (snapshots === 'now') await takeSnapshot(pool, document, { keep: KEEP, ...(upTo !== undefined && { upTo }) });
    await projector.project(conversation);
    counts.projections++;
    snapshotter.poke(document);
    await snapshotter.look();
  }
  if (complaint) throw new Violation(`a worker complained: ${complaint}`);
  const after = await snapshotSeq(world);
  if (after > before) counts.snapshots++;
  await world.truth.requireSameAsStored();
  return `the workers project up to ${world.truth.head}; the snapshot holds ${after}`;
}

/** One round of projecting and one of merging take fewer. */
const MAX_WORKER_QUERIES = 12;

/** Between two of the workers' queries a commit is run, or their process ends. They run one after the other, so that a seed repeats. */
export async function disturbWorkers(world: World): Promise<string> {
  const { chance, conversation, document, truth, counts } = world;
  const commits = world.alive.flatMap(({ gate }) =>
    gate.waiting.filter(({ name }) => name.startsWith('append')).map((query) => ({ gate, query })),
  );
  const commit = pick(world, commits);
  const commitAt = chance.below(MAX_WORKER_QUERIES);
  const endAt = chance.happens(0.5) ? chance.below(MAX_WORKER_QUERIES) : Number.POSITIVE_INFINITY;
  let queries = 0;
  const pool = ownRowsOnly(world, async () => {
    if (queries >= endAt) throw new WorkersEnded();
    if (queries++ !== commitAt || !commit) return;
    counts.commitsAmidWork++;
    await commit.gate.run(commit.query);
  });
  const log = createLog({ level: 'silent' });
  try {
    await using projector = startProjector({ pool, log, metrics: createMetrics(), clock: { now: () => world.nowMs } });
    await projector.project(conversation);
    await takeSnapshot(pool, document);
  } catch (error) {
    if (!(error instanceof WorkersEnded)) throw error;
    counts.workerCrashes++;
  }
  await truth.requireSameAsStored();
  return `the workers are disturbed at query ${commit ? commitAt : 'none'} and end at ${endAt}`;
}

class WorkersEnded extends Error {}

async function snapshotSeq({ pool, document }: World): Promise<number> {
  const { rows } = await pool.query<{ seq: number }>(
    'select coalesce(max(seq), 0) as seq from snapshots where document = $1',
    [document],
  );
  return rows[0]?.seq ?? 0;
}

/**
 * Sweeps look at all documents; those of other runs are none of this one's business. `disturb` is called before each query of
 * a connection; when it throws Postgres rolls back, as it does for a process that is gone.
 */
function ownRowsOnly({ pool, document }: World, disturb: () => Promise<void> = async () => {}): Pool {
  const query = async (...parameters: readonly unknown[]): Promise<unknown> => {
    const result = (await passOn(pool, parameters)) as { rows: { id?: string }[] };
    result.rows = result.rows.filter(({ id }) => id === undefined || id === document);
    return result;
  };
  const connect = async () => {
    const client = await pool.connect();
    const disturbedQuery = async (...parameters: readonly unknown[]): Promise<unknown> => {
      try {
        await disturb();
      } catch (error) {
        await client.query('rollback');
        throw error;
      }
      return passOn(client, parameters);
    };
    const escapeLiteral = (text: string) => client.escapeLiteral(text);
    return { query: disturbedQuery, escapeLiteral, release: () => client.release() };
  };
  return { query, connect } as unknown as Pool;
}
