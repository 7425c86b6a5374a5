/** Sizes of the load benchmarks, each with its reason. A scale below 1 proves that everything works, and measures nothing. */
import { type BenchConfig, full as bench, quick as benchQuick } from '../config.ts';

export interface AtRate {
  readonly connections: number;
  readonly roomSize: number;
  /** How many of them write. */
  readonly speakers?: number;
  readonly deliveriesPerSecond: number;
  /** So that V8 has compiled what it would have in a server that has run for a while. */
  readonly burst: { readonly deliveriesPerSecond: number; readonly warmUpMs: number; readonly windowMs: number };
  readonly warmUpMs: number;
  readonly windowMs: number;
  /** The attempt from which the hypervisor took least counts. */
  readonly attempts: number;
}

export interface LoadConfig {
  readonly scale: number;
  readonly bench: BenchConfig;
  readonly groups: AtRate;
  readonly room: AtRate;
  readonly twoServers: {
    /** Both installations are compared there, too: what both can do with ease. */
    readonly deliveriesPerSecond: number;
    readonly warmUpMs: number;
    readonly windowMs: number;
  };
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
  /** The profile of anycable/nodejs-websocket-bench. */
  readonly cuts: {
    readonly connections: number;
    readonly everyMs: number;
    /** Between a cut and the attempt to come back; the same for all, as there. */
    readonly awayMs: readonly [number, number];
    readonly broadcasts: number;
    readonly perSecond: number;
    /** Who does not have everything by then lost it. */
    readonly withinMs: number;
  };
  readonly presence: {
    readonly watchers: number;
    /** So many come and go, each in turn for `staysMs`, one a second. */
    readonly passers: number;
    readonly staysMs: number;
    readonly messagesPerSecond: number;
    readonly settleMs: number;
    readonly windowMs: number;
  };
  readonly mix: {
    /** A multiple of every size of conversation. */
    readonly firstUsers: number;
    readonly maxUsers: number;
    /** The step of users that bisection ends at. */
    readonly resolution: number;
    readonly maxP99Ms: number;
    readonly settleMs: number;
    readonly windowMs: number;
    /** No further step is begun then. */
    readonly withinMs: number;
  };
}

/** `scale` multiplies how many there are; below 1, times are short, too. */
export function configFor(scale: number): LoadConfig {
  const people = (count: number, multiple: number): number =>
    Math.max(multiple, Math.round((count * scale) / multiple) * multiple);
  const time = (ms: number): number => (scale < 1 ? Math.max(1_000, ms * 0.15) : ms);
  const base = scale < 1 ? benchQuick : bench;
  const roomSize = 10;
  const burst = { deliveriesPerSecond: 15_000 * Math.min(1, scale), warmUpMs: 0, windowMs: time(5_000) };
  return {
    scale,
    bench: {
      ...base,
      connections: people(2_000, roomSize),
      people: people(16_000, MIX_SIZES_MULTIPLE),
      // People for the largest scenario.
      idle: { ...base.idle, connections: people(10_000, 100), firstConnections: people(2_000, roomSize) },
      // 8, 12, 18, 27 thousand, then to 6 %; who cannot do the first goes down instead.
      saturation: {
        ...base.saturation,
        startDeliveriesPerSecond: { ...base.saturation.startDeliveriesPerSecond, tidewire: 8_000 * Math.min(1, scale) },
        step: 1.5,
        bisections: scale < 1 ? 0 : 3,
      },
    },
    // The common reference load of y/hub and Tidewire.
    groups: {
      connections: people(2_000, roomSize),
      roomSize,
      deliveriesPerSecond: 3_600 * Math.min(1, scale),
      burst,
      warmUpMs: time(1_500),
      windowMs: time(10_000),
      attempts: scale < 1 ? 1 : 2,
    },
    // Fifty speakers: a hundred writers fill an epoch, and then the next document would be opened.
    room: {
      connections: people(1_000, roomSize),
      roomSize: people(1_000, roomSize),
      speakers: Math.min(50, people(1_000, roomSize)),
      deliveriesPerSecond: 5 * people(1_000, roomSize),
      burst: { deliveriesPerSecond: 10 * people(1_000, roomSize), warmUpMs: 0, windowMs: time(5_000) },
      warmUpMs: time(1_500),
      windowMs: time(15_000),
      attempts: 1,
    },
    twoServers: {
      deliveriesPerSecond: 10_000 * Math.min(1, scale),
      warmUpMs: time(1_500),
      windowMs: time(8_000),
    },
    fanOut: {
      connections: people(10_000, 100),
      messagesPerSecond: 1,
      warmUpMs: time(3_000),
      windowMs: scale < 1 ? 3_000 : 20_000,
    },
    storm: { connections: people(5_000, roomSize), withinMs: scale < 1 ? 20_000 : 60_000 },
    cuts: {
      connections: people(10_000, 100),
      everyMs: scale < 1 ? 3_000 : 15_000,
      awayMs: scale < 1 ? [200, 600] : [1_500, 2_500],
      broadcasts: scale < 1 ? 20 : 120,
      perSecond: 2,
      withinMs: 20_000,
    },
    // Of one conversation; a change reaches as many as a message does.
    presence: {
      watchers: people(5_000, 100),
      passers: 30,
      staysMs: 10_000,
      messagesPerSecond: 2,
      settleMs: time(2_000),
      windowMs: scale < 1 ? 4_000 : 12_000,
    },
    mix: {
      firstUsers: people(2_000, MIX_SIZES_MULTIPLE),
      maxUsers: people(16_000, MIX_SIZES_MULTIPLE),
      resolution: people(500, MIX_SIZES_MULTIPLE),
      // At a small scale the machine is busy with something else.
      maxP99Ms: scale < 1 ? 5_000 : 250,
      settleMs: scale < 1 ? 3_000 : 8_000,
      windowMs: scale < 1 ? 5_000 : 15_000,
      withinMs: scale < 1 ? 40_000 : 180_000,
    },
  };
}

/** Conversations of 2, 10 and 20 people each fit a whole number of times. */
const MIX_SIZES_MULTIPLE = 20;
