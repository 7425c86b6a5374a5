/** Every scenario with its rows and goals, in the order in which they run. */
import type { LoadConfig } from './config.ts';
import { BASELINE, NAMES, type Name } from './contender.ts';
import { type CutsResult, measureCuts } from './cuts.ts';
import { type IdleResult, measureIdle } from './idle.ts';
import { type MixLevel, type MixResult, measureMix } from './mix/mix.ts';
import { measurePresence, type PresenceResult } from './presence.ts';
import {
  measureAtRate,
  measureFanOut,
  measureSaturation,
  measureStorm,
  type Point,
  type StormResult,
} from './scenarios.ts';
import { coresRow, othersRow, type Results, type Row, type Scenario, scenario, show } from './table.ts';
import { measureTwoServers, type TwoServersResult } from './two-servers.ts';

const kB = (bytes: number): string => show(bytes / 1_000, 1);

const idleRows: Row<IdleResult>[] = [
  { what: 'connects/s', show: ({ connectsPerSecond }) => show(connectsPerSecond) },
  {
    what: 'kB resident per connection, nothing open',
    goal: '≤ 12',
    show: ({ bytesPerConnection }) => kB(bytesPerConnection),
  },
  {
    what: '… with a document open, one for ten (Socket.IO: in its room all along)',
    goal: '≤ 12',
    show: ({ bytesWithDocument }) => kB(bytesWithDocument),
  },
];

const atRateRows: Row<Point>[] = [
  { what: 'p50, ms', show: ({ p50Ms }) => show(p50Ms, 2) },
  { what: 'p99, ms', show: ({ p99Ms }) => show(p99Ms, 2) },
  {
    what: 'server CPU per delivery, µs',
    show: ({ serverCpuUsPerDelivery }) => show(serverCpuUsPerDelivery, 1),
  },
  {
    what: 'missing of expected deliveries',
    goal: '0',
    show: ({ missing, expected }) => `${missing} of ${expected}`,
  },
  coresRow((point) => point),
  othersRow,
];

const saturationRows: Row<Point | undefined>[] = [
  {
    what: 'deliveries/s with p99 < 250 ms',
    goal: '≥ 2.5× Hocuspocus, ≥ 3× Socket.IO',
    show: (point, all) => withRatios(point, all, (each) => each),
  },
  { what: 'p99 there, ms', show: (point) => show(point?.p99FromDueMs, 1) },
  coresRow((point) => point),
];

/** The rate, and for Tidewire how many times that of the others. */
function withRatios<Result>(
  point: Point | undefined,
  all: Results<Result>,
  pick: (result: Result) => Point | undefined,
): string {
  const own = show(point?.deliveriesPerSecond);
  if (!point || all.tidewire === undefined || pick(all.tidewire) !== point) return own;
  const ratios = (['hocuspocus', 'socket.io', BASELINE] as const).flatMap((name) => {
    const result = all[name];
    const other = result === undefined ? undefined : pick(result);
    return other ? [`${(point.deliveriesPerSecond / other.deliveriesPerSecond).toFixed(2)}× ${name}`] : [];
  });
  return [own, ...ratios].join(', ');
}

const twoServersRows: Row<TwoServersResult>[] = [
  {
    what: 'two servers on one core: deliveries/s with p99 < 250 ms',
    goal: '≥ 2.5× Hocuspocus, ≥ 3× Socket.IO',
    show: ({ two }, all) => withRatios(two.saturation, all, (each) => each.two.saturation),
  },
  { what: '… p99 there, ms', show: ({ two }) => show(two.saturation?.p99FromDueMs, 1) },
  coresRow(({ two }) => two.saturation),
  {
    what: 'one server on that core: deliveries/s',
    show: ({ one }) => show(one?.saturation?.deliveriesPerSecond),
  },
  coresRow(({ one }) => one?.saturation),
  {
    what: 'a core each, from saturation: 2 × two / one',
    goal: '≥ 1.7×',
    show: ({ one, two }) =>
      one?.saturation && two.saturation
        ? `${((2 * two.saturation.deliveriesPerSecond) / one.saturation.deliveriesPerSecond).toFixed(2)}×`
        : '–',
  },
  {
    what: 'server CPU per delivery at the same rate, µs: one / two',
    show: ({ one, two }) =>
      one ? `${show(one.easy?.serverCpuUsPerDelivery, 1)} / ${show(two.easy?.serverCpuUsPerDelivery, 1)}` : '–',
  },
  {
    what: 'a core each, from CPU: 2 × one / two',
    goal: '≥ 1.7×',
    show: ({ one, two }) =>
      one?.easy && two.easy
        ? `${((2 * one.easy.serverCpuUsPerDelivery) / two.easy.serverCpuUsPerDelivery).toFixed(2)}×`
        : '–',
  },
  {
    what: 'cores that Postgres / Redis would need then, at most',
    show: ({ two: { saturation } }) =>
      `${show(saturation && 2 * saturation.postgresCore, 2)} / ${show(saturation && 2 * saturation.redisCore, 2)}`,
  },
];

const fanOutRows: Row<Point>[] = [
  { what: 'p50, ms', goal: '≤ 60', show: ({ p50Ms }) => show(p50Ms, 1) },
  { what: 'p99, ms', goal: '≤ 150', show: ({ p99Ms }) => show(p99Ms, 1) },
  { what: 'missing', goal: '0', show: ({ missing }) => show(missing) },
  coresRow((point) => point),
];

const stormRows: Row<StormResult>[] = [
  { what: 'server answers again after, ms', show: ({ restartedMs }) => show(restartedMs) },
  { what: 'clients back: p50, ms after the kill', show: ({ p50Ms }) => show(p50Ms) },
  { what: '… p95, ms', goal: '≤ 5000', show: ({ p95Ms }) => show(p95Ms) },
  { what: '… the last, ms', show: ({ lastMs }) => show(lastMs) },
  { what: '… never', goal: '0', show: ({ neverBack }) => show(neverBack) },
  { what: 'attempts a client', show: ({ attempts }) => show(attempts, 1) },
  {
    what: 'peak memory of the server, MiB',
    goal: '≤ 1024',
    show: ({ peakRssBytes }) => show(peakRssBytes / 2 ** 20),
  },
];

const cutsRows: Row<CutsResult>[] = [
  {
    what: 'delivered',
    goal: '100 %',
    // Rounded down: 99.999 % is not all.
    show: ({ delivered, expected }) =>
      `${(Math.floor((delivered / expected) * 100_000) / 1_000).toFixed(3)} % (${delivered} of ${expected})`,
  },
  { what: 'delivered twice', goal: '0', show: ({ repeated }) => show(repeated) },
  { what: 'replay p50, ms', show: ({ replayP50Ms }) => show(replayP50Ms, 1) },
  { what: 'replay p99, ms', goal: '≤ 1000', show: ({ replayP99Ms }) => show(replayP99Ms, 1) },
  { what: 'to those who are connected: p99, ms', show: ({ liveP99Ms }) => show(liveP99Ms, 1) },
  { what: 'cuts', show: ({ cuts }) => show(cuts) },
  {
    what: 'attempts that failed, and connections that the server ended',
    goal: '0',
    show: ({ failures }) => show(failures),
  },
  coresRow((result) => result),
];

const presenceRows: Row<PresenceResult>[] = [
  { what: 'server CPU per watcher and change, µs', show: ({ usPerChange }) => show(usPerChange, 1) },
  { what: 'server CPU per receiver and message, µs', show: ({ usPerMessage }) => show(usPerMessage, 1) },
  {
    what: 'a change, in messages',
    goal: '≤ 2×',
    show: ({ usPerChange, usPerMessage }) => `${(usPerChange / usPerMessage).toFixed(2)}×`,
  },
  { what: 'changes that each watcher was told', show: ({ changesToldEach }) => show(changesToldEach, 2) },
  {
    what: 'messages delivered',
    goal: 'all',
    show: ({ messagesDelivered, messagesExpected }) => `${messagesDelivered} of ${messagesExpected}`,
  },
  {
    what: 'server, cores: people come and go / with messages / watched',
    show: ({ alone, withMessages, watched }) => [alone, withMessages, watched].map((core) => show(core, 3)).join(' / '),
  },
];

const best =
  (pick: (level: MixLevel) => string) =>
  (result: MixResult): string =>
    result.best ? pick(result.best) : '–';

const mixRows: Row<MixResult>[] = [
  {
    what: 'people with p99 ≤ 250 ms',
    show: (result) =>
      result.endedBy === 'bisection'
        ? best(({ users }) => `${users}`)(result)
        : best(({ users }) => `at least ${users}`)(result),
  },
  {
    what: 'actions/s, messages/s',
    show: best((level) => `${show(level.actionsPerSecond)}, ${show(level.messagesPerSecond)}`),
  },
  {
    what: 'deliveries: p50, p99, ms',
    show: best(({ deliveriesP50Ms, deliveriesP99Ms }) => `${show(deliveriesP50Ms, 1)}, ${show(deliveriesP99Ms, 1)}`),
  },
  {
    what: 'HTTP answers: p50, p99, ms',
    show: best(({ answersP50Ms, answersP99Ms }) => `${show(answersP50Ms, 1)}, ${show(answersP99Ms, 1)}`),
  },
  {
    what: 'a document opened, or everything after a reconnect: p99, ms',
    show: best(({ openingsP99Ms }) => show(openingsP99Ms, 1)),
  },
  { what: 'delivered of expected', show: best(({ delivered, expected }) => `${delivered} of ${expected}`) },
  { what: 'changes of presence told/s', show: best(({ presencePerSecond }) => show(presencePerSecond)) },
  { what: 'memory of the server, MiB', show: best(({ rssBytes }) => show(rssBytes / 2 ** 20)) },
  coresRow((result) => result.best),
  {
    what: 'what was too many, and its p99, ms',
    show: ({ failed }) => (failed ? `${failed.users}, ${show(failed.p99Ms)}` : '–'),
  },
  coresRow((result) => result.failed),
];

const ours: readonly Name[] = ['tidewire'];

export function scenariosOf({ bench, groups, room, fanOut, storm, cuts, presence }: LoadConfig): readonly Scenario[] {
  return [
    scenario({
      name: 'idle',
      title: `Idle, ${bench.idle.connections} connections`,
      measure: measureIdle,
      rows: idleRows,
    }),
    scenario({
      name: 'groups',
      title: `${groups.connections} connections in rooms of ${groups.roomSize}, ${groups.deliveriesPerSecond} deliveries/s`,
      measure: (name, lab) => measureAtRate(name, lab, groups),
      rows: atRateRows,
    }),
    scenario({
      name: 'room',
      title: `One room of ${room.roomSize}, ${room.deliveriesPerSecond} deliveries/s`,
      measure: (name, lab) => measureAtRate(name, lab, room),
      rows: atRateRows,
    }),
    scenario({
      name: 'saturation',
      title: `Saturation, ${bench.connections} connections in rooms of ${bench.roomSize}`,
      of: NAMES,
      measure: measureSaturation,
      rows: saturationRows,
    }),
    scenario({
      name: 'two-servers',
      title: `Two servers, ${bench.connections} connections, members of each room of ${bench.roomSize} on both`,
      measure: measureTwoServers,
      rows: twoServersRows,
    }),
    scenario({
      name: 'fan-out',
      title: `Fan-out of one message to ${fanOut.connections}`,
      of: NAMES,
      measure: measureFanOut,
      rows: fanOutRows,
    }),
    scenario({
      name: 'storm',
      title: `Kill with ${storm.connections} connected, restart at once`,
      measure: measureStorm,
      rows: stormRows,
    }),
    scenario({
      name: 'cuts',
      title: `${cuts.connections} clients cut every ${cuts.everyMs / 1_000} s, ${cuts.broadcasts} broadcasts`,
      measure: measureCuts,
      rows: cutsRows,
      note: 'Socket.IO’s connection state recovery does not work with the Redis adapter.',
    }),
    scenario({
      name: 'presence',
      title: `Presence, ${presence.watchers} watchers, two changes or ${presence.messagesPerSecond} messages a second`,
      of: ours,
      measure: (_, lab) => measurePresence(lab),
      rows: presenceRows,
    }),
    scenario({
      name: 'mix',
      title: 'Realistic mix',
      of: ours,
      measure: (_, lab) => measureMix(lab),
      rows: mixRows,
    }),
  ];
}
