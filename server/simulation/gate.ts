/**
 * The way from one simulated server to the database, in the hands of the simulation: every query waits until it is run, and
 * its answer until it is given. Between the two a server may die, another one may commit, or the connection may break, and
 * the order of all this follows from the seed.
 */
import type { Pool, PoolClient } from '../database/pool.ts';

export interface HeldQuery {
  readonly name: string;
  readonly parameters: readonly unknown[];
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Undefined until it was run. */
  outcome: Outcome | undefined;
}

interface Outcome {
  readonly is: 'result' | 'error';
  readonly value: unknown;
}

type AnyQuery = (...parameters: unknown[]) => Promise<unknown>;

/** Hands a query on as the product made it. */
export const passOn = (to: Pick<Pool, 'query'> | PoolClient, parameters: readonly unknown[]): Promise<unknown> =>
  (to.query as AnyQuery).apply(to, [...parameters]);

const outcomeOf = (query: HeldQuery, on: Pick<Pool, 'query'> | PoolClient): Promise<Outcome> =>
  passOn(on, query.parameters).then(
    (value) => ({ is: 'result', value }),
    (value: unknown) => ({ is: 'error', value }),
  );

/** What breaks together with the connection: the query before it, or only its answer. */
export type Loss = 'query' | 'answer';

export interface GateOptions {
  readonly pool: Pool;
  /** Called after each query has run, before its server learns anything. */
  readonly onRun: (query: HeldQuery) => Promise<void>;
}

export class Gate {
  /** What the server's rooms use. */
  readonly pool: Pool;
  readonly #options: GateOptions;
  #held: HeldQuery[] = [];
  /** `frozen`: the server is dead, nothing more comes or goes; `ended`: the run is over, everything fails. */
  #state: 'open' | 'frozen' | 'ended' = 'open';
  /** Promises nobody will keep, until the run is over. */
  readonly #abandoned: HeldQuery[] = [];

  constructor(options: GateOptions) {
    this.#options = options;
    this.pool = { query: (...parameters: unknown[]) => this.#hold(parameters) } as unknown as Pool;
  }

  /** Queries that Postgres has not seen yet. */
  get waiting(): readonly HeldQuery[] {
    return this.#held.filter(({ outcome }) => !outcome);
  }

  /** Queries whose answer is on its way. */
  get answered(): readonly HeldQuery[] {
    return this.#held.filter(({ outcome }) => outcome);
  }

  get isQuiet(): boolean {
    return this.#held.length === 0;
  }

  async run(query: HeldQuery, on: Pick<Pool, 'query'> | PoolClient = this.#options.pool): Promise<void> {
    query.outcome = await outcomeOf(query, on);
    await this.#options.onRun(query);
  }

  answer(query: HeldQuery): void {
    this.#forget(query);
    if (this.#state !== 'open') this.#abandoned.push(query);
    else if (query.outcome?.is === 'result') query.resolve(query.outcome.value);
    else query.reject(query.outcome?.value);
  }

  /** Postgres ends the connection before or after it has run the query; the server hears the same either way. */
  async lose(query: HeldQuery, loss: Loss): Promise<void> {
    const { pool } = this.#options;
    const client = await pool.connect();
    try {
      if (loss === 'answer') await this.run(query, client);
      const { processID } = client as unknown as { processID: number };
      await pool.query('select pg_terminate_backend($1, 5000)', [processID]);
      query.outcome = await client.query('select 1').then(
        () => Promise.reject(new Error('A terminated connection answered')),
        (value: unknown) => ({ is: 'error' as const, value }),
      );
    } finally {
      client.release(true);
    }
  }

  /** Runs both at once: the second meets the row lock of the first and looks at the row again once the first has committed. */
  async race(first: HeldQuery, gate: Gate, second: HeldQuery): Promise<void> {
    const client = await this.#options.pool.connect();
    try {
      await client.query('begin');
      first.outcome = await outcomeOf(first, client);
      const blocked = outcomeOf(second, gate.#options.pool);
      await client.query('commit');
      second.outcome = await blocked;
    } finally {
      client.release();
    }
    await this.#options.onRun(first);
    await this.#options.onRun(second);
  }

  /** The server is dead. What it had sent may still be run, or be forgotten. */
  freeze(): void {
    this.#state = 'frozen';
  }

  /** A query of a dead server that never reached Postgres. */
  abandon(query: HeldQuery): void {
    this.#forget(query);
    this.#abandoned.push(query);
  }

  /** The run is over: whoever still waits is told so. */
  end(): void {
    this.#state = 'ended';
    for (const { reject } of [...this.#held, ...this.#abandoned]) reject(new Error('The run is over'));
    this.#held = [];
  }

  #forget(query: HeldQuery): void {
    this.#held = this.#held.filter((held) => held !== query);
  }

  #hold(parameters: readonly unknown[]): Promise<unknown> {
    if (this.#state === 'ended') return Promise.reject(new Error('The run is over'));
    const [config] = parameters as [{ name?: string } | string];
    return new Promise((resolve, reject) => {
      const name = typeof config === 'string' ? config.slice(0, 40) : (config.name ?? 'unnamed');
      const query: HeldQuery = { name, parameters, resolve, reject, outcome: undefined };
      (this.#state === 'open' ? this.#held : this.#abandoned).push(query);
    });
  }
}
