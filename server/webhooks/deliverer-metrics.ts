/** The numbers of webhooks: what became of attempts, how long receivers take, and how much waits for how long. */
import type { Metrics } from '../metrics.ts';
import { observeQueue } from '../workers/queue-metrics.ts';
import type { DisabledWhy } from './settle.ts';

/** What waits for a slow receiver, or for another attempt, waits for that receiver; only the rest waits for us. */
const QUEUE = `
  select (select count(*) from webhook_outbox) as outbox,
    (select count(*) from webhook_deliveries where status = 'waiting') as deliveries,
    coalesce(extract(epoch from now() - least((select min(at) from webhook_outbox),
      (select min(due_at) from webhooks where is_enabled and not is_slow))), 0)::float8 as seconds`;

export function observeDeliverer(metrics: Metrics) {
  const ended = metrics.counter({
    name: 'tidewire_webhook_attempts_total',
    help: 'Deliveries to webhooks by what became of an attempt; dropped: not to be told any more; failed: given up',
    labelNames: ['outcome'],
  });
  const seconds = metrics.histogram({
    name: 'tidewire_webhook_seconds',
    help: 'How long receivers took to answer, or not to',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  });
  const disabled = metrics.counter({
    name: 'tidewire_webhooks_disabled_total',
    help: 'Webhooks that were disabled; gone: the receiver said so; failing: it took nothing for days',
    labelNames: ['why'],
  });
  return {
    ...observeQueue({
      metrics,
      name: 'webhook',
      query: QUEUE,
      help: {
        rows: 'What happened and is nobody’s delivery yet (outbox), and deliveries that wait, of all servers',
        oldest: 'For how long the oldest of them has been due, receivers that fail or are slow left aside',
      },
    }),
    ended: (outcome: 'sent' | 'retried' | 'failed' | 'dropped') => ended.inc({ outcome }),
    took: (ms: number) => seconds.observe(ms / 1_000),
    disabled: (why: DisabledWhy) => disabled.inc({ why }),
  };
}
