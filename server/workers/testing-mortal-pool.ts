/** A worker's connections that die once, at a statement and in a way that are given: as its process or its network would. */
import { createPool, type Pool, type PoolClient } from '../database/pool.ts';
import { createLog } from '../log.ts';

export const DEATHS = [
  /** Its backend is terminated before the statement arrives. */
  'before',
  /** While the statement is under way: it may have happened or not. */
  'during',
  /** The statement has happened, but nobody is told. */
  'unheard',
  /** The process is gone: nothing it asks is answered any more, and Postgres ends what it has begun. */
  'stopped',
] as const;
export type Death = (typeof DEATHS)[number];

type Query = (...parameters: unknown[]) => Promise<unknown>;

export class MortalPool implements AsyncDisposable {
  /** What the worker is given. */
  readonly pool: Pool;
  /** The statement at which it died. */
  diedAt: string | undefined;
  readonly #own: Pool;
  readonly #options: { readonly how: Death; readonly at: number; readonly executioner: Pool };
  readonly #backends = new Set<number>();
  #statements = 0;

  /** `at`: counts the statements of its transactions from 1. */
  constructor(options: { url: string; how: Death; at: number; executioner: Pool }) {
    this.#options = options;
    this.#own = createPool({ url: options.url, log: createLog({ level: 'silent' }) });
    this.pool = overhear(this.#own, {
      connect: async () => {
        const client = await this.#own.connect();
        return overhear(client, { query: (...parameters: unknown[]) => this.#query(client, parameters) });
      },
      query: async (...parameters: unknown[]) => {
        this.#requireProcess();
        return (this.#own.query as unknown as Query).apply(this.#own, parameters);
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own.end();
  }

  async #query(client: PoolClient, parameters: unknown[]): Promise<unknown> {
    this.#requireProcess();
    const { how, at } = this.#options;
    const ask = () => (client.query as unknown as Query).apply(client, parameters);
    const backend = (client as unknown as { processID: number }).processID;
    this.#backends.add(backend);
    if (++this.#statements !== at) return ask();
    this.diedAt = textOf(parameters[0]);
    switch (how) {
      case 'before':
        await this.#terminate([backend]);
        return ask();
      case 'during': {
        const [answer] = await Promise.allSettled([ask(), this.#terminate([backend])]);
        if (answer.status === 'rejected') throw answer.reason;
        return answer.value;
      }
      case 'unheard':
        await ask();
        await this.#terminate([backend]);
        throw new Error('The answer was lost');
      case 'stopped':
        await this.#terminate([...this.#backends]);
        throw new Error('This process is gone');
    }
  }

  async #terminate(backends: readonly number[]): Promise<void> {
    await this.#options.executioner.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [backends]);
  }

  #requireProcess(): void {
    if (this.diedAt !== undefined && this.#options.how === 'stopped') throw new Error('This process is gone');
  }
}

function overhear<Target extends object>(target: Target, own: Readonly<Record<string, Query>>): Target {
  return new Proxy(target, {
    get(_, name) {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name];
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const textOf = (query: unknown): string => (typeof query === 'string' ? query : (query as { text: string }).text);
