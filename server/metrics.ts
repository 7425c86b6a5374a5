/**
 * The numbers a server shows at `/metrics`, in Prometheus text. Each part makes its own with `counter`, `gauge`,
 * `histogram` and `observe`; one registry per server, so that two servers in one process do not meet. A name says its unit.
 */
import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';

export interface Metrics {
  counter<Label extends string = never>(options: CounterConfiguration<Label>): Counter<Label>;
  gauge<Label extends string = never>(options: GaugeConfiguration<Label>): Gauge<Label>;
  histogram<Label extends string = never>(options: HistogramConfiguration<Label>): Histogram<Label>;
  /** A gauge that is read when it is asked for and costs nothing until then. */
  observe(name: string, help: string, read: () => number): void;
  /** Everything, as Prometheus scrapes it. */
  text(): Promise<{ contentType: string; body: string }>;
}

/** `process: 'observed'` adds Node's own numbers, which cost a few timers. */
export function createMetrics({ process = 'ignored' }: { process?: 'observed' | 'ignored' } = {}): Metrics {
  const registry = new Registry();
  if (process === 'observed') collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter: (options) => new Counter({ ...options, registers }),
    gauge: (options) => new Gauge({ ...options, registers }),
    histogram: (options) => new Histogram({ ...options, registers }),
    observe: (name, help, read) =>
      void new Gauge({
        ...{ name, help, registers },
        collect() {
          this.set(read());
        },
      }),
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
