/** Many connections that do nothing: how fast they come, and how much memory each holds, without and with an open channel. */
import type { Contender, Laboratory } from '../laboratory.ts';
import { connectFleet } from './load-point.ts';

export interface IdleResult {
  /** Until each is upgraded; for Tidewire until it has answered as somebody it knows. */
  readonly connectsPerSecond: number;
  readonly bytesPerConnection: number;
  /** Tidewire only: each connection with one channel, ten to a document. */
  readonly channelsPerSecond?: number;
  readonly bytesPerConnectionWithChannel?: number;
  readonly failures: ReadonlyMap<string, number>;
}

export async function measureIdle({
  laboratory,
  contender,
}: {
  laboratory: Laboratory;
  contender: Contender;
}): Promise<IdleResult> {
  const { connections, firstConnections, settleMs } = laboratory.config.idle;
  await using subject = await laboratory.start(contender);
  // What is free in the heap after starting would hold the first connections for nothing, and differs between the two:
  // memory is counted from a point where they have used it up.
  const first = await connectFleet({ laboratory, subject, contender, connections: firstConnections });
  const firstBytes = await subject.settledRssBytes(settleMs);
  const rest = await connectFleet({ laboratory, subject, contender, connections: connections - firstConnections });
  const allBytes = await subject.settledRssBytes(settleMs);
  const bytesPerConnection = (allBytes - firstBytes) / rest.fleet.size;

  let channels: Pick<IdleResult, 'channelsPerSecond' | 'bytesPerConnectionWithChannel'> = {};
  if (contender === 'tidewire') {
    await first.fleet.openChannels();
    const channelsPerSecond = await rest.fleet.openChannels();
    const openBytes = await subject.settledRssBytes(settleMs);
    const bytesPerConnectionWithChannel = bytesPerConnection + (openBytes - allBytes) / connections;
    channels = { channelsPerSecond, bytesPerConnectionWithChannel };
  }
  first.fleet.close();
  rest.fleet.close();
  const failures = new Map([...first.fleet.tally.failures, ...rest.fleet.tally.failures]);
  return { connectsPerSecond: rest.connectsPerSecond, bytesPerConnection, ...channels, failures };
}
