/** Sizes of the load benchmarks, each with its reason; `quick` proves in a minute that everything works. */
import { type BenchConfig, full as bench, quick as benchQuick } from '../config.ts';

export interface LoadConfig {
  readonly bench: BenchConfig;
  readonly fanOut: {
    /** All in one room. */
    readonly connections: number;
    readonly messagesPerSecond: number;
    readonly warmUpMs: number;
    readonly windowMs: number;
  };
  readonly storm: {
    readonly connections: number;
    /** Who is not back by then never comes. */
    readonly withinMs: number;
  };
}

export const full: LoadConfig = {
  // People for the largest scenario; saturation with 2,000 of them, as in `npm run bench`.
  bench: { ...bench, idle: { ...bench.idle, connections: 10_000 } },
  fanOut: { connections: 10_000, messagesPerSecond: 1, warmUpMs: 3_000, windowMs: 20_000 },
  storm: { connections: 5_000, withinMs: 60_000 },
};

export const quick: LoadConfig = {
  bench: { ...benchQuick, connections: 200, idle: { ...benchQuick.idle, connections: 500 } },
  fanOut: { connections: 500, messagesPerSecond: 2, warmUpMs: 500, windowMs: 2_000 },
  storm: { connections: 200, withinMs: 20_000 },
};
