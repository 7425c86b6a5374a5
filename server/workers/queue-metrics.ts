/** How much waits in tables to be told, and for how long: asked now and then, of all servers together. */
import type { Pool } from '../database/pool.ts';
import type { Metrics } from '../metrics.ts';

interface QueueOptions {
  readonly metrics: Metrics;
  /** `push` makes `tidewire_push_queue_rows` and `tidewire_push_oldest_seconds`. */
  readonly name: 'push' | 'webhook';
  readonly help: { readonly rows: string; readonly oldest: string };
  /** Answers one row: `outbox` and `deliveries`, how many wait in each, and `seconds`, how long the oldest has been due. */
  readonly query: string;
}

const INTERVAL_MS = 15_000;

export function observeQueue({ metrics, name, help, query }: QueueOptions) {
  const rows = metrics.gauge({ name: `tidewire_${name}_queue_rows`, help: help.rows, labelNames: ['stage'] });
  const oldest = metrics.gauge({ name: `tidewire_${name}_oldest_seconds`, help: help.oldest });
  return {
    intervalMs: INTERVAL_MS,
    async measure(pool: Pool): Promise<void> {
      const answer = await pool.query<{ outbox: number; deliveries: number; seconds: number }>({
        name: `${name}-queue`,
        text: query,
      });
      const [now] = answer.rows;
      if (!now) return;
      rows.set({ stage: 'outbox' }, now.outbox);
      rows.set({ stage: 'deliveries' }, now.deliveries);
      oldest.set(Math.max(0, now.seconds));
    },
  };
}
