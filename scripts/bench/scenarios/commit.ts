/** What this machine's Postgres and disk need for a commit: the floor under every acknowledgement. */
import { randomBytes } from 'node:crypto';
import { Histogram } from '../generator/histogram.ts';
import type { Laboratory } from '../laboratory.ts';

export interface CommitResult {
  readonly singleP50Ms: number;
  readonly singleP99Ms: number;
  readonly batchRows: number;
  readonly batchP50Ms: number;
  readonly batchP99Ms: number;
}

const ROW_BYTES = 180;

export async function measureCommits({ pool, config }: Laboratory): Promise<CommitResult> {
  const { single, batches, batchRows } = config.commit;
  const bytes = randomBytes(ROW_BYTES);
  let seq = 0;
  const commit = async (rows: number, times: number): Promise<Histogram> => {
    const histogram = new Histogram();
    for (let i = 0; i < times; i++) {
      const startMs = performance.now();
      await pool.query({
        name: 'bench-commit',
        text: `insert into journal (document, seq, "update") select 'bench-commit', seq, $2 from generate_series($1::bigint, $1::bigint + $3::int - 1) seq`,
        values: [seq, bytes, rows],
      });
      histogram.record(performance.now() - startMs);
      seq += rows;
    }
    return histogram;
  };
  const one = await commit(1, single);
  const many = await commit(batchRows, batches);
  return {
    singleP50Ms: one.quantile(0.5),
    singleP99Ms: one.quantile(0.99),
    batchRows,
    batchP50Ms: many.quantile(0.5),
    batchP99Ms: many.quantile(0.99),
  };
}
