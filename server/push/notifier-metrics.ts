/** The numbers of push: what became of notifications, why some were not sent, and how many wait for how long. */
import type { Metrics } from '../metrics.ts';
import { observeQueue } from '../workers/queue-metrics.ts';
import type { Dropped } from './reasons.ts';

/** Rows that wait, and since when the one that is due longest has been due. */
const QUEUE = `
  select (select count(*) from push_outbox) as outbox, (select count(*) from push_deliveries where sent_at is null) as deliveries,
    coalesce(extract(epoch from now() - least((select min(due_at) from push_outbox),
      (select min(created_at) from push_deliveries where sent_at is null))), 0)::float8 as seconds`;

export function observeNotifier(metrics: Metrics) {
  const ended = metrics.counter({
    name: 'tidewire_push_total',
    help: 'Notifications by what became of an attempt; gone: the device is not there any more',
    labelNames: ['outcome'],
  });
  const dropped = metrics.counter({
    name: 'tidewire_push_dropped_total',
    help: 'Notifications that were not sent, by why',
    labelNames: ['why'],
  });
  return {
    ...observeQueue({
      metrics,
      name: 'push',
      query: QUEUE,
      help: {
        rows: 'Messages that no device was told of yet (outbox), and notifications that wait (deliveries), of all servers',
        oldest: 'How long the oldest of them has waited',
      },
    }),
    ended: (outcome: 'sent' | 'withdrawn' | 'gone' | 'failed' | 'retried') => ended.inc({ outcome }),
    dropped: (why: Dropped) => dropped.inc({ why }),
  };
}
