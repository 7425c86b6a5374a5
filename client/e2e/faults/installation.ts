/**
 * A whole installation that a test can hurt: Postgres, Redis, server processes and a proxy, all its own. Each server reaches
 * Postgres and Redis through a relay of its own, which can be cut.
 */
import { randomBytes } from 'node:crypto';
import { Balancer } from '../../../scripts/cluster/balancer.ts';
import { createPool, type Pool } from '../../../server/database/pool.ts';
import { startRedis, type TestRedis } from '../../../server/fan-out/testing-redis.ts';
import { createLog } from '../../../server/log.ts';
import { insertPerson, type SignedIn } from '../../../server/testing/people.ts';
import { createNetwork, type Network } from '../network.ts';
import { AppServer } from '../server-process.ts';
import { type PrivatePostgres, startPrivatePostgres } from './private-postgres.ts';

/** A server and its ways to what all of them share. */
export interface Site {
  readonly server: AppServer;
  readonly toPostgres: Network;
  readonly toRedis: Network;
}

export class Installation implements AsyncDisposable {
  readonly postgres: PrivatePostgres;
  readonly redis: TestRedis;
  readonly sites: readonly Site[];
  readonly #balancer: Balancer;
  readonly pool: Pool;
  readonly #secret: string;

  private constructor(options: {
    postgres: PrivatePostgres;
    redis: TestRedis;
    sites: readonly Site[];
    balancer: Balancer;
    pool: Pool;
    secret: string;
  }) {
    this.postgres = options.postgres;
    this.redis = options.redis;
    this.sites = options.sites;
    this.#balancer = options.balancer;
    this.pool = options.pool;
    this.#secret = options.secret;
  }

  static async start({ servers }: { servers: number }): Promise<Installation> {
    const secret = randomBytes(32).toString('hex');
    const [postgres, redis] = await Promise.all([startPrivatePostgres(), startRedis()]);
    const sites: Site[] = [];
    for (let n = 0; n < servers; n++) {
      const toPostgres = await createNetwork(() => postgres.port);
      const toRedis = await createNetwork(() => redis.port);
      const server = await AppServer.start({
        DATABASE_URL: postgres.urlThrough(portOf(toPostgres)),
        REDIS_URL: `redis://127.0.0.1:${portOf(toRedis)}`,
        AUTH_SECRET: secret,
        DRAIN_SECONDS: '0',
      });
      sites.push({ server, toPostgres, toRedis });
    }
    const targets = sites.map(({ server }) => server.port);
    const balancer = await Balancer.listen({ host: '127.0.0.1', port: 0, targets });
    const log = createLog({ level: 'silent' });
    const pool = createPool({ url: postgres.urlThrough(postgres.port), log, maxConnections: 4 });
    return new Installation({ postgres, redis, sites, balancer, pool, secret });
  }

  /** Where people find it. */
  get url(): string {
    return `http://127.0.0.1:${this.#balancer.port}`;
  }

  /** Somebody who is signed in. */
  signUp(name: string): Promise<SignedIn> {
    return insertPerson({ pool: this.pool, secret: this.#secret, name });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#balancer[Symbol.asyncDispose]();
    for (const { server, toPostgres, toRedis } of this.sites) {
      server.signal('SIGCONT');
      await server[Symbol.asyncDispose]();
      await toPostgres[Symbol.asyncDispose]();
      await toRedis[Symbol.asyncDispose]();
    }
    await this.pool.end();
    await this.redis[Symbol.asyncDispose]();
    await this.postgres[Symbol.asyncDispose]();
  }
}

const portOf = (network: Network): number => Number(new URL(network.url).port);
