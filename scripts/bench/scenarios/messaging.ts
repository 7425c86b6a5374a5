/**
 * Steady load and saturation, on one set of connections: after a burst the steady rate, several times, then a ramp that multiplies the offered
 * rate until the 99th percentile exceeds its limit or something is missing, and bisects the last step.
 */
import type { Contender, Laboratory } from '../laboratory.ts';
import { connectFleet, type LoadPoint, measureLoad } from './load-point.ts';

export interface MessagingResult {
  readonly steady: LoadPoint;
  /** The highest rate that passed. */
  readonly best: LoadPoint;
  /** The lowest rate that failed: what the limit looks like. */
  readonly failed: LoadPoint | undefined;
  readonly failures: ReadonlyMap<string, number>;
  readonly refusals: number;
}

export async function measureMessaging(options: {
  laboratory: Laboratory;
  contender: Contender;
  /** Where to begin the ramp. */
  startPerSecond: number;
  onPoint: (point: LoadPoint) => void;
}): Promise<MessagingResult> {
  const { laboratory, contender, startPerSecond, onPoint } = options;
  const { connections, steady, saturation } = laboratory.config;
  await using subject = await laboratory.start(contender);
  const { fleet } = await connectFleet({ laboratory, subject, contender, connections });
  if (contender === 'tidewire') await fleet.openChannels();

  const measure = async (
    deliveriesPerSecond: number,
    times: { warmUpMs: number; windowMs: number },
  ): Promise<LoadPoint> => {
    const point = await measureLoad({ laboratory, subject, fleet, deliveriesPerSecond, ...times });
    onPoint(point);
    return point;
  };
  const passes = (point: LoadPoint): boolean => point.missing === 0 && point.p99FromDueMs < saturation.maxP99Ms;

  await measureLoad({ laboratory, subject, fleet, ...steady.burst });
  const steadyPoints: LoadPoint[] = [];
  for (let i = 0; i < steady.attempts; i++) steadyPoints.push(await measure(steady.deliveriesPerSecond, steady));
  const steadyPoint = steadyPoints.reduce((least, point) => (point.stolenCore < least.stolenCore ? point : least));
  let best: LoadPoint | undefined;
  let failed: LoadPoint | undefined;
  for (let rate = startPerSecond; !failed; ) {
    const point = await measure(rate, saturation);
    if (passes(point)) {
      best = point;
      rate *= saturation.step;
    } else if (best) failed = point;
    else if (rate > steady.deliveriesPerSecond) rate /= saturation.step;
    else break;
  }
  for (let i = 0; best && failed && i < saturation.bisections; i++) {
    const point = await measure((best.offeredPerSecond + failed.offeredPerSecond) / 2, saturation);
    if (passes(point)) best = point;
    else failed = point;
  }
  fleet.close();
  return {
    steady: steadyPoint,
    best: best ?? steadyPoint,
    failed,
    failures: fleet.tally.failures,
    refusals: fleet.tally.refusals,
  };
}
