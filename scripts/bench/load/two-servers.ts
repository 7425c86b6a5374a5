/**
 * What a second server adds, on a machine with two cores: one server alone on core 0, then two together on that same core, everything
 * else on core 1 both times. Members of every room are with both servers, the worst case: each message is taken in by both.
 * README.md has the arithmetic.
 */
import { connectAndOpen, type Name, start } from './contender.ts';
import { findSaturation, type Lab, measure, type Point } from './scenarios.ts';

export interface Installation {
  readonly saturation: Point | undefined;
  /** At a rate that both do with ease; Tidewire's alone. */
  readonly easy: Point | undefined;
}

export interface TwoServersResult {
  /** Tidewire's alone: of the others `saturation` tells. */
  readonly one: Installation | undefined;
  readonly two: Installation;
}

export async function measureTwoServers(name: Name, lab: Lab): Promise<TwoServersResult> {
  const one = name === 'tidewire' ? await measureInstallation(name, lab, 1) : undefined;
  return { one, two: await measureInstallation(name, lab, 2) };
}

async function measureInstallation(name: Name, lab: Lab, servers: 1 | 2): Promise<Installation> {
  const { laboratory, config } = lab;
  const { connections, roomSize } = config.bench;
  await using first = await start(name, lab);
  await using second = servers === 2 ? await start(name, lab) : undefined;
  const subjects = second ? [first, second] : [first];
  const { fleet } = await connectAndOpen(name, { laboratory, subjects, connections, roomSize });
  const subject = { cpuMs: () => subjects.reduce((sum, each) => sum + each.cpuMs(), 0) };
  const saturation = await findSaturation(lab, { subject, fleet });
  const easy = name === 'tidewire' ? await measure(lab, { subject, fleet, ...config.twoServers }) : undefined;
  fleet.close();
  return { saturation, easy };
}
