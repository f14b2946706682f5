/**
 * A killed agent can leave a child that still works through its list of kernel changes. Before anyone reverts, such
 * children are found by a mark in their environment and ended; else they would undo the revert.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { kill, type ProcessId, processOf } from '../persist/process-id.ts';

/**
 * Environment of every child that changes the kernel for the agent or guard of this state directory. The directory is named by
 * what it is, not by its path: hosts that are namespaces of one machine may all call theirs the same.
 */
export function strayMark(stateDirectory: string): { PATCHBAY_STATE: string } {
  const { dev, ino } = statSync(stateDirectory);
  return { PATCHBAY_STATE: `${dev}:${ino}` };
}

/**
 * Environment of a child that only listens. It hears of the end of its agent when it has something to say, which may be never, and
 * is in nobody's way until then: the next agent ends it.
 */
export function listenerMark(stateDirectory: string): { PATCHBAY_LISTENER: string } {
  return { PATCHBAY_LISTENER: strayMark(stateDirectory).PATCHBAY_STATE };
}

/** Milliseconds between two looks at a process that was told to end. */
const LOOK_AGAIN = 10;

/** Milliseconds for them to be gone. One that waits inside the kernel comes back for nothing but its end. */
const PATIENCE = 5_000;

/**
 * Ends every process that works for this state directory and is not a child of this one.
 * @param patience milliseconds for them to be gone
 * @returns those that are not
 */
export function endStrays(stateDirectory: string, patience = PATIENCE): Promise<ProcessId[]> {
  return endMarked(strayMark(stateDirectory), patience);
}

/** The same with those that only listen. */
export async function endListeners(stateDirectory: string): Promise<void> {
  await endMarked(listenerMark(stateDirectory), PATIENCE);
}

async function endMarked(mark: Readonly<Record<string, string>>, patience: number): Promise<ProcessId[]> {
  const words = Object.entries(mark).map(([name, value]) => `${name}=${value}`);
  for (const until = performance.now() + patience; ; ) {
    const strays = straysWith(words);
    if (strays.length === 0 || performance.now() >= until) return strays;
    for (const stray of strays) kill(stray);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}

function straysWith(words: readonly string[]): ProcessId[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const environment = readOrNothing(`/proc/${name}/environ`).split('\0');
    if (!words.every((word) => environment.includes(word)) || parentOf(name) === process.pid) return [];
    return processOf(Number(name)) ?? [];
  });
}

function parentOf(pid: string): number {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** A process may end, or belong to another user, while it is looked at. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
