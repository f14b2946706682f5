/** The last resort of a host that cannot be reached: what was not committed is gone after it. */
import { writeFile } from 'node:fs/promises';

/** Writes the disks out and restarts, by the kernel alone: sysrq `s` and `b` (kernel documentation, admin-guide/sysrq). */
export async function restartHost(): Promise<void> {
  await writeFile('/proc/sysrq-trigger', 's');
  await writeFile('/proc/sysrq-trigger', 'b');
}
