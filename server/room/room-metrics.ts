/** The numbers of rooms and commits at `/metrics`. What can be counted when it is asked for is counted then, and costs nothing. */
import type { Counter, Histogram } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { Metrics } from '../metrics.ts';
import type { Room } from './room.ts';

export interface RoomMetrics {
  readonly commitSeconds: Histogram;
  readonly entries: Counter;
  readonly conflicts: Counter;
  readonly refusals: Counter<'kind'>;
}

export function observeRooms(metrics: Metrics, open: ReadonlyMap<string, Room>, clock: Clock): RoomMetrics {
  const sum = (count: (room: Room) => number): number => [...open.values()].reduce((all, room) => all + count(room), 0);
  metrics.observe('tidewire_rooms', 'Open rooms', () => open.size);
  metrics.observe('tidewire_channels', 'Documents open on connections', () => sum((room) => room.channels));
  metrics.observe('tidewire_queued_jobs', 'Updates and questions that wait for their turn in a room', () =>
    sum((room) => room.waiting),
  );
  metrics.observe('tidewire_unacknowledged_seconds', 'How long the oldest submission has waited for its answer', () => {
    const nowMs = clock.now();
    let longestMs = 0;
    for (const { unansweredSinceMs = nowMs } of open.values())
      longestMs = Math.max(longestMs, nowMs - unansweredSinceMs);
    return longestMs / 1_000;
  });
  return {
    commitSeconds: metrics.histogram({
      name: 'tidewire_commit_seconds',
      help: 'Duration of one group commit',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    }),
    entries: metrics.counter({ name: 'tidewire_entries_total', help: 'Journal entries committed' }),
    conflicts: metrics.counter({
      name: 'tidewire_commit_conflicts_total',
      help: 'Commits of a document for which another server was faster',
    }),
    refusals: metrics.counter({
      name: 'tidewire_refusals_total',
      help: 'What people were refused, by kind',
      labelNames: ['kind'],
    }),
  };
}
