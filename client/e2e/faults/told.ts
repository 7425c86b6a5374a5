/** What servers say of themselves while something is broken, and afterwards: `/readyz` and the numbers of `/metrics`, which must agree. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Site } from './installation.ts';

/** What cannot be reached by these servers, of which they are to tell. */
export interface Trouble {
  readonly at: readonly Site[];
  readonly with: 'redis' | 'database';
}

interface Told {
  readonly status: number;
  readonly database: string;
  readonly redis: string;
  readonly gauges: { readonly database: string | undefined; readonly redis: string | undefined };
}

/** A Redis that hangs is noticed after 4 s, a database that does not answer after 2. The rest is a machine with much to do. */
const NOTICED_WITHIN_MS = 30_000;
/** Far beyond what is promised, for machines with much to do; a soak counts it as a failure when it takes longer than that. */
const WELL_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** A server that hangs does not answer either. */
const ANSWER_MS = 5_000;

/** Resolves when these servers tell of the trouble. */
export async function requireNoticed(trouble: Trouble): Promise<void> {
  await Promise.all(trouble.at.map((site) => require(site, trouble.with, NOTICED_WITHIN_MS)));
}

/** Throws unless they tell of it at this moment. */
export async function requireStillTold(trouble: Trouble): Promise<void> {
  await Promise.all(trouble.at.map((site) => require(site, trouble.with, 0)));
}

/** Resolves with the milliseconds it took until all servers say that nothing is wrong. */
export async function requireAllWell(sites: readonly Site[]): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(sites.map((site) => require(site, 'nothing', WELL_WITHIN_MS)));
  return performance.now() - startedMs;
}

async function require({ server }: Site, broken: Trouble['with'] | 'nothing', withinMs: number): Promise<void> {
  const stateOf = (part: Trouble['with']) => (broken === part ? 'unavailable' : 'ok');
  const numberOf = (part: Trouble['with']) => (broken === part ? '0' : '1');
  const wanted: Told = {
    // Without Redis a server serves.
    status: broken === 'database' ? 503 : 200,
    database: stateOf('database'),
    redis: stateOf('redis'),
    gauges: { database: numberOf('database'), redis: numberOf('redis') },
  };
  const deadline = performance.now() + withinMs;
  for (;;) {
    const told = await ask(server.port);
    if (JSON.stringify(told) === JSON.stringify(wanted)) return;
    if (performance.now() > deadline) {
      const what = `${JSON.stringify(told)} instead of ${JSON.stringify(wanted)}`;
      throw new Error(`[V2] after ${withinMs} ms a server says ${what}:\n${server.lines.slice(-20).join('\n')}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
}

const Readiness = z.object({ database: z.string(), redis: z.string() });

/** A server that does not answer says so, too. */
async function ask(port: number): Promise<Told | string> {
  try {
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const ready = await get('/readyz');
    const { database, redis } = Readiness.parse(await ready.json());
    const numbers = await (await get('/metrics')).text();
    const gauge = (name: string) => new RegExp(`^tidewire_${name}_connected (\\d)$`, 'm').exec(numbers)?.[1];
    return {
      ...{ status: ready.status, database, redis },
      gauges: { database: gauge('database'), redis: gauge('redis') },
    };
  } catch (error) {
    return String(error);
  }
}
