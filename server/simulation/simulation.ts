/**
 * The seeded simulation: devices, tabs and servers around the real write path on a real Postgres, in a storm of everything that
 * goes wrong, and then the check that nothing promised was broken. A seed is a run: all order and all chance follow from it,
 * so a failing one can be run again. It never sleeps and never polls.
 */
import type { ConversationId } from '../../schema/ids.ts';
import type { Pool } from '../database/pool.ts';
import { calm, openAnew } from './calm.ts';
import { Chance, withChance } from './chance.ts';
import type { Counts } from './counts.ts';
import type { Operation, WeightedOperation } from './operation.ts';
import { MACHINES } from './operations-machines.ts';
import { NETWORK } from './operations-network.ts';
import { PAGES } from './operations-pages.ts';
import { WRITING } from './operations-writing.ts';
import { requireOutcome } from './outcome.ts';
import { requireRows } from './outcome-in-rows.ts';
import { contentOf } from './truth.ts';
import { runWorkers } from './workers.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  /** A database with the newest schema; others may use it too. */
  readonly pool: Pool;
  readonly seed: number;
  /** Must be new. */
  readonly conversation: ConversationId;
}

/** A run in which something was broken; the message holds the seed and all operations up to there. */
export class FailedRun extends Error {
  override readonly name = 'FailedRun';
  readonly seed: number;

  constructor(seed: number, operations: readonly string[], cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `seed ${seed}: ${reason}\n\nReplay: SIMULATION_SEED=${seed}\n\n${operations.join('\n')}\n\nseed ${seed}: ${reason}`,
      { cause },
    );
    this.seed = seed;
  }
}

export interface Run {
  readonly counts: Counts;
  readonly operations: readonly string[];
  /** What was in the document in the end, as one comparable text. */
  readonly content: string;
}

/** Throws `FailedRun`. */
export async function simulate({ pool, seed, conversation }: SimulationOptions): Promise<Run> {
  const operations: string[] = [];
  // The product draws from another stream, so that one more drawing there does not turn the storm into another one.
  return withChance(new Chance(~seed), async () => {
    const world = new World({ pool, conversation, chance: new Chance(seed) });
    try {
      await world.begin();
      operations.push(`${world.kind} of ${[...world.members].map(([user, role]) => `${user} (${role})`).join(', ')}`);
      await storm(world, operations);
      operations.push('the storm is over');
      await calm(world);
      await runWorkers(world, 'when-due');
      await openAnew(world);
      await calm(world);
      await runWorkers(world, 'when-due');
      requireOutcome(world);
      await requireRows(world);
      return { counts: world.counts, operations, content: contentOf(world.truth.doc) };
    } catch (error) {
      throw new FailedRun(seed, operations, error);
    } finally {
      await world.end();
    }
  });
}

const OPERATIONS: readonly WeightedOperation[] = [WRITING, NETWORK, PAGES, MACHINES].flatMap((each) =>
  Object.values(each),
);

async function storm(world: World, operations: string[]): Promise<void> {
  const { chance } = world;
  const weighted = ownWeights(chance);
  const steps = 200 + chance.below(300);
  for (let step = 0; step < steps; step++) {
    world.nowMs += chance.happens(0.02) ? chance.below(60_000) : chance.below(400);
    const did = await chance.weighted(weighted)(world);
    if (!did) continue;
    operations.push(`${String(step).padStart(3)} ${did}`);
    await world.settle();
  }
}

/** What everything else depends on: without writing, delivery and commits there is no storm. */
const ESSENTIAL_WEIGHT = 12;

/** Each seed has a weather of its own: what is rare in one is frequent in another and absent in a third. */
const ownWeights = (chance: Chance): (readonly [Operation, number])[] =>
  OPERATIONS.map(([weight, operation]) => {
    const factor = chance.pick([0, 0.25, 0.5, 1, 1, 1, 3]);
    return [operation, weight * (weight < ESSENTIAL_WEIGHT ? factor : Math.max(0.5, factor))];
  });
