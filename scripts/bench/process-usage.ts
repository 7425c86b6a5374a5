/** CPU time and resident memory of processes, from /proc (Linux). */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** The fields of /proc/<pid>/stat after the command, which may contain anything; field 3 is the first. */
const statFields = (pid: number): string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** User and system time of all threads in ms, to 10 ms. */
export function cpuMs(pid: number): number {
  const fields = statFields(pid);
  return ticksToMs(Number(fields[11]) + Number(fields[12]));
}

/** The same from the scheduler, in µs: for single requests, of which ticks of 10 ms say nothing. */
export function scheduledUs(pid: number): number {
  let sumNs = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const [ns] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
    sumNs += Number(ns);
  }
  return sumNs / 1_000;
}

export function rssBytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
  return Number(match?.[1] ?? Number.NaN) * 1_024;
}

const ticksToMs = (ticks: number): number => (ticks * 1_000) / ticksPerSecond;

/** A process and its children that live now: Postgres is one process per connection. */
export function familyOf(pid: number): number[] {
  const others = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== pid);
  return [pid, ...others.map(Number).filter((other) => parentOf(other) === pid)];
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statFields(pid)[1]);
  } catch {
    return undefined; // It ended between the listing and the reading.
  }
}

/** CPU time in ms of a process and its children, living and reaped. */
export function familyCpuMs(pid: number): number {
  const fields = statFields(pid);
  let sum = ticksToMs(Number(fields[13]) + Number(fields[14]));
  for (const member of familyOf(pid)) {
    try {
      sum += cpuMs(member);
    } catch {
      // It ended between the listing and the reading; what it used is missing, which no scenario depends on.
    }
  }
  return sum;
}

/** Time in ms of all cores together since the machine started: not idle, interrupts included; and what the hypervisor took. */
export function machineMs(): { busy: number; stolen: number } {
  const [, user, nice, system, , , irq, softirq, steal] =
    readFileSync('/proc/stat', 'latin1').split('\n', 1)[0]?.split(/\s+/) ?? [];
  const busy = [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0);
  return { busy: ticksToMs(busy), stolen: ticksToMs(Number(steal)) };
}
