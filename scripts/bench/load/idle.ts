/** Ten thousand connections that do nothing: how fast they come and what memory each holds, without a document and with one. */
import { connect, type Name, start } from './contender.ts';
import type { Lab } from './scenarios.ts';

export interface IdleResult {
  readonly connectsPerSecond: number;
  readonly bytesPerConnection: number;
  readonly bytesWithDocument: number;
}

export async function measureIdle(name: Name, { laboratory, config, ...place }: Lab): Promise<IdleResult> {
  const { idle, roomSize } = config.bench;
  const { connections, firstConnections, settleMs } = idle;
  await using subject = await start(name, { laboratory, ...place });
  const join = (count: number) => connect(name, { laboratory, subjects: [subject], connections: count, roomSize });
  // What is free in the heap after starting would hold the first for nothing: counted from where they have used it up.
  const first = await join(firstConnections);
  const firstBytes = await subject.settledRssBytes(settleMs);
  const rest = await join(connections - firstConnections);
  const allBytes = await subject.settledRssBytes(settleMs);
  for (const { fleet } of [first, rest]) await fleet.openChannels();
  const openBytes = await subject.settledRssBytes(settleMs);
  for (const { fleet } of [first, rest]) fleet.close();
  const failures = [first, rest].flatMap(({ fleet }) => [...fleet.tally.failures.keys()]);
  if (failures.length > 0) throw new Error(`connections ended: ${failures.join(', ')}`);
  const bytesPerConnection = (allBytes - firstBytes) / rest.fleet.size;
  return {
    connectsPerSecond: rest.connectsPerSecond,
    bytesPerConnection,
    bytesWithDocument: bytesPerConnection + (openBytes - allBytes) / connections,
  };
}
