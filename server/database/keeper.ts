/**
 * Runs a program that must not outlive this process, however this process ends. A small shell stands between the two: it
 * interrupts the program when its standard input closes, which the kernel does even after SIGKILL. It leads a process
 * group of its own, so that Ctrl-C reaches this process first, and it is no Node, so that `pkill node` misses it.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Two shells: one waits for the program, one for the end of standard input. Killing either leaves the other at work. */
const SCRIPT = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
( read -r _ <&3; kill -INT $program ) &
watcher=$!
exec 3<&-
wait $program
code=$?
kill $watcher 2>/dev/null
exit $code
`;

export interface Kept {
  /** Resolves when the program is gone, whether it was stopped or not. Never rejects. */
  readonly exited: Promise<void>;
  /** Interrupts the program and waits for its end. Idempotent. */
  stop(): Promise<void>;
}

export interface KeepOptions {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The user to run as; this process must be root to ask for another. */
  readonly user: { readonly uid?: number; readonly gid?: number };
  /** Hears each line that the program writes. */
  readonly onLine: (line: string) => void;
}

export function keep({ command, environment, user, onLine }: KeepOptions): Kept {
  const shell = spawn('sh', ['-c', SCRIPT, 'keeper', ...command], {
    ...user,
    env: environment,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => {
    shell.once('close', () => resolve());
    shell.once('error', (error) => {
      onLine(`FATAL:  ${error.message}`);
      resolve();
    });
  });
  // EPIPE when the shell is gone: `exited` says so already.
  shell.stdin.on('error', () => {});
  for (const stream of [shell.stdout, shell.stderr]) createInterface({ input: stream }).on('line', onLine);
  return {
    exited,
    stop: () => {
      shell.stdin.end();
      return exited;
    },
  };
}
