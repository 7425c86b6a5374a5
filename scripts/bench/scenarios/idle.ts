/** Many connections that do nothing: how fast they come, and how much memory each holds, without and with an open channel. */
import { setTimeout as sleep } from 'node:timers/promises';
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
  const { connections, warmUpConnections, settleMs } = laboratory.config.idle;
  await using subject = await laboratory.start(contender);
  const warmUp = await connectFleet({ laboratory, subject, contender, connections: warmUpConnections });
  if (contender === 'tidewire') await warmUp.fleet.openChannels();
  warmUp.fleet.close();
  await sleep(settleMs);

  const emptyBytes = await subject.settledRssBytes(settleMs);
  const { fleet, connectsPerSecond } = await connectFleet({ laboratory, subject, contender, connections });
  const perConnection = async (): Promise<number> =>
    ((await subject.settledRssBytes(settleMs)) - emptyBytes) / connections;
  const bytesPerConnection = await perConnection();
  const result = { connectsPerSecond, bytesPerConnection, failures: fleet.tally.failures };
  if (contender === 'raw') {
    fleet.close();
    return result;
  }
  const channelsPerSecond = await fleet.openChannels();
  const bytesPerConnectionWithChannel = await perConnection();
  fleet.close();
  return { ...result, channelsPerSecond, bytesPerConnectionWithChannel };
}
