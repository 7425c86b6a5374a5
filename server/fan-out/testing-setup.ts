/** Says in one line what to install, before any test of the fan-out starts a Redis of its own. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export async function setup(): Promise<void> {
  try {
    await promisify(execFile)('redis-server', ['--version']);
  } catch (cause) {
    throw new Error('The tests with several servers need Redis: `apt-get install redis-server`.', { cause });
  }
}
