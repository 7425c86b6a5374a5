/** The arguments of the commands in this folder: each says how it is used, and does nothing when it is asked for what it does not know. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** What was typed. `--help` prints `usage` and ends the process; so does what `config` does not allow, with 2. */
export function takeArguments<const Config extends ParseArgsConfig>(usage: string, config: Config) {
  if (process.argv.slice(2).includes('--help')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    misused(usage, (error as Error).message);
  }
}

/** Ends the process with 2 and says why, before anything was touched. */
export function misused(usage: string, why: string): never {
  process.stderr.write(`${why}\n${usage}\n`);
  process.exit(2);
}
