/** Naming a process so that a recycled pid is not mistaken for it. */
import { readFileSync } from 'node:fs';

export interface ProcessId {
  pid: number;
  /** Clock ticks from boot to its start: field 22 of `/proc/PID/stat`, proc(5). */
  start: number;
  bootId: string;
}

/** Random id that the kernel draws at each boot. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

export function ownProcess(): ProcessId {
  const id = processOf(process.pid);
  if (id === null) throw new Error('/proc does not show this process.');
  return id;
}

/** The process that has this pid now; null when there is none, or only its unburied rest. */
export function processOf(pid: number): ProcessId | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks and brackets of its own: everything is counted from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const start = Number(fields[19]);
    return fields[0] === 'Z' || fields[0] === 'X' || !Number.isFinite(start)
      ? null
      : { pid, start, bootId: readBootId() };
  } catch {
    return null;
  }
}

export function isAlive(id: ProcessId): boolean {
  const now = processOf(id.pid);
  return now !== null && now.start === id.start && now.bootId === id.bootId;
}

export function sameProcess(a: ProcessId, b: ProcessId): boolean {
  return a.pid === b.pid && a.start === b.start && a.bootId === b.bootId;
}

/** Ends a process at once, if it still is the one that is meant. */
export function kill(id: ProcessId, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch {
    // It ended between the two lines, which is what was wanted.
  }
}
