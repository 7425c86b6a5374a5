/** Load at a rate, saturation, fan-out and reconnect storm, the same for every contender; each starts its server in a fresh process. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from '../generator/fleet.ts';
import { Tally } from '../generator/tally.ts';
import { familyCpuMs, rssBytes } from '../process-usage.ts';
import { type LoadPoint, measureLoad } from '../scenarios/load-point.ts';
import type { Subject } from '../subject.ts';
import type { AtRate, LoadConfig } from './config.ts';
import { backoffMs, connectAndOpen, createClient, type Name, type Place, start } from './contender.ts';

export interface Lab extends Place {
  readonly config: LoadConfig;
  readonly redisPid: number;
}

/** With what Redis used meanwhile, a share of one core. */
export type Point = LoadPoint & { readonly redisCore: number };

export async function measure(
  { laboratory, redisPid }: Lab,
  options: Omit<Parameters<typeof measureLoad>[0], 'laboratory'>,
): Promise<Point> {
  const beforeMs = familyCpuMs(redisPid);
  const startMs = performance.now();
  const point = await measureLoad({ ...options, laboratory });
  return { ...point, redisCore: (familyCpuMs(redisPid) - beforeMs) / (performance.now() - startMs) };
}

/** One rate on a warm server. */
export async function measureAtRate(name: Name, lab: Lab, atRate: AtRate): Promise<Point> {
  const { laboratory } = lab;
  const { connections, roomSize, speakers, burst, attempts, ...load } = atRate;
  await using subject = await start(name, lab);
  const { fleet } = await connectAndOpen(name, { laboratory, subjects: [subject], connections, roomSize, speakers });
  await measure(lab, { subject, fleet, ...burst });
  let best: Point | undefined;
  for (let i = 0; i < attempts; i++) {
    const point = await measure(lab, { subject, fleet, ...load });
    if (!best || point.stolenCore < best.stolenCore) best = point;
  }
  fleet.close();
  return best as Point;
}

export async function measureSaturation(name: Name, lab: Lab): Promise<Point | undefined> {
  const { laboratory, config } = lab;
  const { connections, roomSize } = config.bench;
  await using subject = await start(name, lab);
  const { fleet } = await connectAndOpen(name, { laboratory, subjects: [subject], connections, roomSize });
  const best = await findSaturation(lab, { subject, fleet });
  fleet.close();
  return best;
}

/** Who cannot do this cannot do anything. */
const LEAST_RATE = 100;

/** The highest rate with a p99 below the limit and nothing missing: multiplied until it fails, then bisected. */
export async function findSaturation(
  lab: Lab,
  { subject, fleet }: { subject: Pick<Subject, 'cpuMs'>; fleet: Fleet },
): Promise<Point | undefined> {
  const { saturation, steady } = lab.config.bench;
  const at = (deliveriesPerSecond: number) => measure(lab, { subject, fleet, deliveriesPerSecond, ...saturation });
  await measure(lab, { subject, fleet, ...steady.burst, deliveriesPerSecond: steady.deliveriesPerSecond });
  let best: Point | undefined;
  let failedAt: number | undefined;
  for (
    let rate = saturation.startDeliveriesPerSecond.tidewire;
    failedAt === undefined || (!best && rate > LEAST_RATE);
  ) {
    const point = await at(rate);
    if (point.missing === 0 && point.p99FromDueMs < saturation.maxP99Ms) best = point;
    else failedAt = rate;
    rate = failedAt === undefined ? rate * saturation.step : rate / saturation.step;
  }
  for (let i = 0; best && failedAt && i < saturation.bisections; i++) {
    const point = await at((best.offeredPerSecond + failedAt) / 2);
    if (point.missing === 0 && point.p99FromDueMs < saturation.maxP99Ms) best = point;
    else failedAt = point.offeredPerSecond;
  }
  return best;
}

/** One room of all; one message at a time. */
export async function measureFanOut(name: Name, lab: Lab): Promise<Point> {
  const { laboratory, config } = lab;
  const { connections, messagesPerSecond, ...times } = config.fanOut;
  await using subject = await start(name, lab);
  const { fleet } = await connectAndOpen(name, {
    laboratory,
    subjects: [subject],
    connections,
    roomSize: connections,
  });
  const point = await measure(lab, {
    subject,
    fleet,
    deliveriesPerSecond: messagesPerSecond * connections,
    ...times,
  });
  fleet.close();
  return point;
}

export interface StormResult {
  /** From the kill; undefined when so many never came back. */
  readonly p50Ms: number | undefined;
  readonly p95Ms: number | undefined;
  readonly lastMs: number;
  /** From the kill until the server answered again. */
  readonly restartedMs: number;
  readonly neverBack: number;
  readonly attempts: number;
  readonly peakRssBytes: number;
}

/** Everybody is connected, the server is killed and started again, everybody comes back as their own client would. */
export async function measureStorm(name: Name, lab: Lab): Promise<StormResult> {
  const { laboratory, config } = lab;
  const { roomSize } = config.bench;
  const { connections, withinMs } = config.storm;
  const first = await start(name, lab);
  const { port } = first;
  const { fleet, members } = await connectAndOpen(name, { laboratory, subjects: [first], connections, roomSize });
  const killedAtMs = performance.now();
  await first.kill();
  fleet.close();
  const starting = start(name, lab, port);
  const tally = new Tally();
  const clients = new Set<{ destroy(): void }>();
  let attempts = 0;
  const comeBack = async (member: (typeof members)[number]): Promise<number | undefined> => {
    for (let attempt = 0; performance.now() < killedAtMs + withinMs; attempt++) {
      await sleep(backoffMs(name, attempt));
      attempts++;
      const room = { last: { writer: -1, clock: 0 }, observer: undefined };
      const client = createClient(name, { ...member, port, room, tally, textCharacters: 64 });
      try {
        await client.upgraded();
        await client.authenticated();
        await client.openChannel();
        clients.add(client);
        return performance.now() - killedAtMs;
      } catch {
        client.destroy(); // Not back yet; counted as another attempt.
      }
    }
    return undefined;
  };
  const deadline = sleep(withinMs).then(() => undefined);
  const coming = Promise.all(members.map((member) => Promise.race([comeBack(member), deadline])));
  await using second = await starting;
  const restartedMs = performance.now() - killedAtMs;
  let peakRssBytes = 0;
  const watch = setInterval(() => {
    peakRssBytes = Math.max(peakRssBytes, rssBytes(second.pid));
  }, 100);
  const times = await coming;
  clearInterval(watch);
  for (const client of clients) client.destroy();
  const back = times.filter((ms) => ms !== undefined).sort((a, b) => a - b);
  const quantile = (q: number): number | undefined => back[Math.ceil(members.length * q) - 1];
  return {
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
    lastMs: back.at(-1) ?? Number.NaN,
    restartedMs,
    neverBack: members.length - back.length,
    attempts: attempts / members.length,
    peakRssBytes,
  };
}
