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

/** Milliseconds between two looks at a process that was told to end. */
const LOOK_AGAIN = 10;

/** Ends every marked process that is not a child of this one, and resolves when none is left. */
export async function endStrays(stateDirectory: string): Promise<void> {
  for (;;) {
    const strays = straysOf(stateDirectory);
    if (strays.length === 0) return;
    for (const stray of strays) kill(stray);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}

function straysOf(stateDirectory: string): ProcessId[] {
  const mark = `PATCHBAY_STATE=${strayMark(stateDirectory).PATCHBAY_STATE}`;
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    const environment = readOrNothing(`/proc/${name}/environ`);
    if (!environment.split('\0').includes(mark) || parentOf(name) === process.pid) return [];
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
