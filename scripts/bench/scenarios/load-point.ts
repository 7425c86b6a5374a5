/** One measurement at one offered rate: what the clients saw and what each process used meanwhile. */
import { Fleet, type LoadResult } from '../generator/fleet.ts';
import type { Laboratory } from '../laboratory.ts';
import { machineMs } from '../process-usage.ts';
import type { Subject } from '../subject.ts';

export interface LoadPoint extends LoadResult {
  readonly offeredPerSecond: number;
  /** Shares of one core while the window was open. */
  readonly serverCore: number;
  readonly generatorCore: number;
  readonly postgresCore: number;
  /** What everybody else on the machine used: anything above a few hundredths spoils the point. */
  readonly othersCore: number;
  /** What the hypervisor gave to somebody else while it was wanted here. */
  readonly stolenCore: number;
  readonly serverCpuUsPerDelivery: number;
}

interface Reading {
  readonly atMs: number;
  readonly serverMs: number;
  readonly generatorMs: number;
  readonly postgresMs: number;
  readonly machine: ReturnType<typeof machineMs>;
}

export interface LoadPointOptions {
  readonly laboratory: Laboratory;
  readonly subject: Pick<Subject, 'cpuMs'>;
  readonly fleet: Fleet;
  readonly deliveriesPerSecond: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

export async function measureLoad(options: LoadPointOptions): Promise<LoadPoint> {
  const { laboratory, subject, fleet, deliveriesPerSecond, warmUpMs, windowMs } = options;
  const read = (): Reading => ({
    atMs: performance.now(),
    serverMs: subject.cpuMs(),
    generatorMs: laboratory.generatorCpuMs(),
    postgresMs: laboratory.postgresCpuMs(),
    machine: machineMs(),
  });
  let open = read();
  let close = open;
  const result = await fleet.load({
    messagesPerSecond: deliveriesPerSecond / fleet.roomSize,
    warmUpMs,
    windowMs,
    onWindow: (edge) => {
      if (edge === 'open') open = read();
      else close = read();
    },
  });
  const lastedMs = close.atMs - open.atMs;
  const serverMs = close.serverMs - open.serverMs;
  const generatorMs = close.generatorMs - open.generatorMs;
  const postgresMs = close.postgresMs - open.postgresMs;
  return {
    ...result,
    offeredPerSecond: deliveriesPerSecond,
    serverCore: serverMs / lastedMs,
    generatorCore: generatorMs / lastedMs,
    postgresCore: postgresMs / lastedMs,
    stolenCore: (close.machine.stolen - open.machine.stolen) / lastedMs,
    othersCore: (close.machine.busy - open.machine.busy - serverMs - generatorMs - postgresMs) / lastedMs,
    serverCpuUsPerDelivery: (serverMs * 1_000) / ((result.deliveriesPerSecond * lastedMs) / 1_000),
  };
}

export async function connectFleet(options: {
  laboratory: Laboratory;
  subject: Subject;
  contender: 'raw' | 'tidewire';
  connections: number;
}): Promise<{ fleet: Fleet; connectsPerSecond: number }> {
  const { laboratory, subject, contender, connections } = options;
  const { roomSize, textCharacters, idle } = laboratory.config;
  const fleet = new Fleet({
    ports: [subject.port],
    members: await laboratory.rooms(contender, connections),
    roomSize,
    textCharacters,
    concurrency: idle.concurrency,
    authenticate: contender === 'tidewire',
  });
  return { fleet, connectsPerSecond: await fleet.connect() };
}
