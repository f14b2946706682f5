/** The last resort of a host that cannot be reached: what was not committed is gone after it. */
import { writeFileSync } from 'node:fs';

/**
 * Writes the disks out and restarts, by the kernel alone: sysrq `s` and `b` (kernel documentation, admin-guide/sysrq).
 * @param trigger the kernel's file for that
 */
export async function restartHost(trigger = '/proc/sysrq-trigger'): Promise<void> {
  // By no other thread: a disk that hangs may hold them all, and the kernel answers at once.
  writeFileSync(trigger, 's');
  writeFileSync(trigger, 'b');
}
