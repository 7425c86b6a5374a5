/** What can happen to an installation. Each fault takes its time, is over when its promise resolves, and leaves all parts running. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../../../server/simulation/chance.ts';
import type { Installation, Site } from './installation.ts';
import { requireNoticed, requireStillTold, type Trouble } from './told.ts';

/** How long something stays broken, in milliseconds: from the first number to the second. */
type Span = readonly [number, number];

/** Lets time pass while it is broken. What servers can notice they must tell, all the time. */
type Outage = (trouble?: Trouble) => Promise<void>;

interface Fault {
  /** In runs that must be quick; and in those that take their time, where clients and servers give each other up. */
  readonly lasts: Readonly<Record<'briefly' | 'long', Span>>;
  readonly strike: (installation: Installation, chance: Chance, outage: Outage) => Promise<void>;
}

const pickSite = ({ sites }: Installation, chance: Chance): Site => chance.pick(sites);

const FAULTS = {
  'a server is killed': {
    lasts: { briefly: [0, 1_000], long: [0, 30_000] },
    async strike(installation, chance, outage) {
      const { server } = pickSite(installation, chance);
      await server.end('SIGKILL');
      await outage();
      await server.start();
    },
  },
  'all servers are killed': {
    lasts: { briefly: [0, 1_000], long: [0, 30_000] },
    async strike({ sites }, _, outage) {
      await Promise.all(sites.map(({ server }) => server.end('SIGKILL')));
      await outage();
      await Promise.all(sites.map(({ server }) => server.start()));
    },
  },
  'Redis restarts empty': {
    lasts: { briefly: [0, 1_500], long: [0, 30_000] },
    async strike({ redis, sites }, _, outage) {
      await redis.stop();
      await outage({ at: sites, with: 'redis' });
      await redis.start();
    },
  },
  'Redis is not there when servers start': {
    lasts: { briefly: [0, 1_000], long: [0, 30_000] },
    async strike({ redis, sites }, _, outage) {
      await redis.stop();
      await Promise.all(sites.map(({ server }) => server.end('SIGKILL')));
      await Promise.all(sites.map(({ server }) => server.start()));
      await outage({ at: sites, with: 'redis' });
      await redis.start();
    },
  },
  'Redis is emptied again and again': {
    lasts: { briefly: [0, 300], long: [0, 3_000] },
    async strike({ redis }, _, outage) {
      for (let times = 0; times < 5; times++) {
        await redis.empty();
        await outage();
      }
    },
  },
  'Redis hangs': {
    lasts: { briefly: [500, 2_000], long: [5_000, 30_000] },
    async strike({ redis, sites }, _, outage) {
      redis.pause();
      await outage({ at: sites, with: 'redis' });
      redis.resume();
    },
  },
  'Postgres stops': {
    lasts: { briefly: [200, 2_000], long: [5_000, 30_000] },
    async strike({ postgres, sites }, chance, outage) {
      await postgres.stop(chance.happens(0.5) ? 'crash' : 'fast');
      await outage({ at: sites, with: 'database' });
      await postgres.start();
    },
  },
  'a server is cut off from Redis': {
    lasts: { briefly: [500, 2_000], long: [5_000, 30_000] },
    async strike(installation, chance, outage) {
      const site = pickSite(installation, chance);
      await site.toRedis.cut();
      await outage({ at: [site], with: 'redis' });
      await site.toRedis.mend();
    },
  },
  'a server is cut off from Postgres': {
    lasts: { briefly: [500, 2_000], long: [5_000, 30_000] },
    async strike(installation, chance, outage) {
      const site = pickSite(installation, chance);
      await site.toPostgres.cut();
      await outage({ at: [site], with: 'database' });
      await site.toPostgres.mend();
    },
  },
  'a server hangs': {
    lasts: { briefly: [1_000, 3_000], long: [15_000, 30_000] },
    async strike(installation, chance, outage) {
      const { server } = pickSite(installation, chance);
      server.signal('SIGSTOP');
      await outage();
      server.signal('SIGCONT');
    },
  },
  'all servers restart, one after the other': {
    lasts: { briefly: [0, 200], long: [0, 5_000] },
    async strike({ sites }, _, outage) {
      for (const { server } of sites) {
        await server.end('SIGTERM');
        await server.start();
        await outage();
      }
    },
  },
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as readonly FaultName[];

/** Breaks it and mends it. */
export function strike(
  name: FaultName,
  { installation, chance, pace }: { installation: Installation; chance: Chance; pace: 'briefly' | 'long' },
): Promise<void> {
  const fault: Fault = FAULTS[name];
  const [least, most] = fault.lasts[pace];
  return fault.strike(installation, chance, async (trouble) => {
    if (trouble) await requireNoticed(trouble);
    await sleep(least + chance.below(most - least + 1));
    if (trouble) await requireStillTold(trouble);
  });
}
