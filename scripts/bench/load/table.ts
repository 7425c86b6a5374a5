/** A scenario: what is measured of whom, and the Markdown table that shows it. What fails is said in its cell, and the rest goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Name, PLATFORMS } from './contender.ts';
import type { Cores } from './cores.ts';
import type { Lab, Point } from './scenarios.ts';

export type Results<Result> = Partial<Readonly<Record<Name, Result>>>;

export interface Row<Result> {
  readonly what: string;
  /** What is required of Tidewire. */
  readonly goal?: string;
  show(result: Result, all: Results<Result>): string;
}

export interface Scenario {
  readonly name: string;
  /** Answers the lines of a table, and whether all could be measured. */
  run(lab: Lab, names: readonly Name[]): Promise<{ lines: string[]; hasFailed: boolean }>;
}

/** Longer than any takes; a hanging one must not hold up those that wait for the machine. */
const MAX_MS = 6 * 60_000;

export class Stuck extends Error {}

export function scenario<Result>(options: {
  name: string;
  title: string;
  /** Of whom; all but the baseline unless it says otherwise. */
  of?: readonly Name[];
  measure: (name: Name, lab: Lab) => Promise<Result>;
  rows: readonly Row<Result>[];
  /** How to read it. */
  note?: string;
}): Scenario {
  const { name, title, of = PLATFORMS, measure, rows, note } = options;
  return {
    name,
    async run(lab, names) {
      const measured = names.filter((each) => of.includes(each));
      const results: { -readonly [each in Name]?: Result } = {};
      const failures: string[] = [];
      for (const each of measured) {
        const startMs = performance.now();
        process.stderr.write(`${name}: ${each}\n`);
        const stuck = new AbortController();
        const late = sleep(MAX_MS, undefined, { signal: stuck.signal }).then(() => {
          throw new Stuck(`${name} of ${each} did not end within ${MAX_MS / 60_000} minutes`);
        });
        try {
          results[each] = await Promise.race([measure(each, lab), late]);
        } catch (error) {
          if (error instanceof Stuck) throw error;
          failures.push(`${each} could not be measured: ${(error as Error).message.split('\n', 1)[0]}`);
          process.stderr.write(`${(error as Error).stack}\n`);
        } finally {
          stuck.abort();
          late.catch(() => {}); // aborted
        }
        process.stderr.write(`  ${Math.round((performance.now() - startMs) / 1_000)} s\n`);
      }
      const cells = ({ what, goal = '', show: showOf }: Row<Result>): string =>
        `| ${[
          what,
          ...measured.map((each) => {
            const result = results[each];
            return result === undefined ? 'failed' : showOf(result, results);
          }),
          goal,
        ].join(' | ')} |`;
      return {
        lines: [
          `| ${title} | ${measured.join(' | ')} | goal |`,
          `|---|${measured.map(() => '---:|').join('')}---|`,
          ...rows.map(cells),
          '',
          ...[note, ...failures].filter((line) => line !== undefined).flatMap((line) => [line, '']),
        ],
        hasFailed: failures.length > 0,
      };
    },
  };
}

export const show = (value: number | undefined, digits = 0): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);

export const CORES = 'cores: server / generator / Postgres / Redis';

/** Above it the core that generator, Postgres and Redis share is what is measured. */
const FULL = 0.92;

export function showCores(cores: Cores | undefined): string {
  if (!cores) return '–';
  const { serverCore, generatorCore, postgresCore, redisCore } = cores;
  const shares = [serverCore, generatorCore, postgresCore, redisCore].map((core) => core.toFixed(2)).join(' / ');
  return generatorCore + postgresCore + redisCore > FULL ? `${shares}, their core is full: a lower bound` : shares;
}

export const coresRow = <Result>(pick: (result: Result) => Cores | undefined): Row<Result> => ({
  what: CORES,
  show: (result) => showCores(pick(result)),
});

/** What everybody else on the machine used. */
export const othersRow: Row<Point> = {
  what: 'others on the machine, cores',
  goal: '≈ 0, or measure again',
  show: ({ othersCore, redisCore }) => show(othersCore - redisCore, 2),
};
