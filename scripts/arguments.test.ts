/** Commands that change what is stored do nothing for somebody who only asks how they are used, or mistypes. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Of those that take nothing and those that take something one each: all read their arguments in the same way. */
const COMMANDS = ['restore-generation', 'export'];

/** Runs a command without a database of its own: one that it starts leaves its traces in `dataDir`. */
function run(
  command: string,
  args: string[],
  dataDir: string,
): Promise<{ code: unknown; out: string; problems: string }> {
  const file = join(import.meta.dirname, `${command}.ts`);
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', file, ...args], { env }, (error, out, problems) =>
      resolve({ code: error?.code ?? 0, out, problems }),
    );
  });
}

test.each(COMMANDS)('%s says how it is used and touches nothing', { timeout: 60_000 }, async (command) => {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-arguments-'));
  const dataDir = join(folder, 'data');
  try {
    const helped = await run(command, ['--help'], dataDir);
    expect(helped).toEqual({ code: 0, out: expect.stringMatching(`^Usage: .*${command}`), problems: '' });
    const mistyped = await run(command, ['--mistyped'], dataDir);
    expect(mistyped).toEqual({ code: 2, out: '', problems: expect.stringMatching(/--mistyped.*\nUsage: /s) });
    expect(existsSync(dataDir)).toBe(false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
