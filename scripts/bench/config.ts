/**
 * Every size, rate and duration of the benchmarks, each with its reason. `full` is what RESULTS.md reports; `quick` runs
 * the same code in under a minute and proves only that it works.
 */

export interface BenchConfig {
  /** A subject is measured this often, each time in a fresh process; the median is reported. */
  readonly repeats: number;
  readonly connections: number;
  /** People there are, if more than any scenario here connects. */
  readonly people?: number;
  /** Members of a room; each is a different user with a connection of its own. */
  readonly roomSize: number;
  /** Length of a message's text: a sentence. It carries the time stamps. */
  readonly textCharacters: number;
  readonly saturation: {
    /** First offered rate of each subject; later repeats start near the earlier result. */
    readonly startDeliveriesPerSecond: Readonly<Record<'raw' | 'tidewire', number>>;
    /** The ramp multiplies until a point fails, then bisects. */
    readonly step: number;
    readonly bisections: number;
    readonly maxP99Ms: number;
    readonly warmUpMs: number;
    readonly windowMs: number;
  };
  readonly steady: {
    readonly deliveriesPerSecond: number;
    /** A burst before it, so that V8 has compiled what it would have in a server that has run for a while. */
    readonly burst: { readonly deliveriesPerSecond: number; readonly warmUpMs: number; readonly windowMs: number };
    readonly warmUpMs: number;
    readonly windowMs: number;
    /** How often it is measured; the attempt from which the hypervisor took least counts, chosen before anybody looks at the rest. */
    readonly attempts: number;
  };
  readonly idle: {
    readonly connections: number;
    /** Handshakes under way at once: enough to keep the server busy, below its listen backlog. */
    readonly concurrency: number;
    /** Connected before the first reading of memory. */
    readonly firstConnections: number;
    readonly settleMs: number;
  };
  readonly coldOpen: { readonly messages: number; readonly documents: number };
  readonly commit: { readonly single: number; readonly batches: number; readonly batchRows: number };
}

export const full: BenchConfig = {
  repeats: 3,
  connections: 2_000,
  roomSize: 10,
  textCharacters: 64,
  saturation: {
    startDeliveriesPerSecond: { raw: 40_000, tidewire: 20_000 },
    step: 1.25,
    bisections: 2,
    maxP99Ms: 250,
    // Overload starts to pile up in the warm-up: after 5 s a deficit of 5 % is 250 ms of delay.
    warmUpMs: 1_500,
    windowMs: 3_500,
  },
  // y/hub's and Tidewire's common reference load.
  steady: {
    deliveriesPerSecond: 3_600,
    burst: { deliveriesPerSecond: 15_000, warmUpMs: 0, windowMs: 5_000 },
    warmUpMs: 1_500,
    windowMs: 10_000,
    attempts: 4,
  },
  idle: { connections: 10_000, concurrency: 128, firstConnections: 2_000, settleMs: 2_000 },
  coldOpen: { messages: 1_000, documents: 50 },
  commit: { single: 1_000, batches: 200, batchRows: 100 },
};

export const quick: BenchConfig = {
  repeats: 1,
  connections: 400,
  roomSize: 10,
  textCharacters: 64,
  saturation: {
    startDeliveriesPerSecond: { raw: 40_000, tidewire: 15_000 },
    step: 1.6,
    bisections: 0,
    maxP99Ms: 250,
    warmUpMs: 400,
    windowMs: 800,
  },
  steady: {
    deliveriesPerSecond: 3_600,
    burst: { deliveriesPerSecond: 15_000, warmUpMs: 0, windowMs: 1_500 },
    warmUpMs: 500,
    windowMs: 2_000,
    attempts: 1,
  },
  idle: { connections: 1_000, concurrency: 128, firstConnections: 200, settleMs: 500 },
  coldOpen: { messages: 1_000, documents: 5 },
  commit: { single: 200, batches: 20, batchRows: 100 },
};

/** The server under test is alone on the first core; generator and Postgres share the second. */
export const SERVER_CORE = 0;
export const GENERATOR_CORE = 1;
