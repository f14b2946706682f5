/**
 * One worker at a time, across processes that may be killed. A claim is never given back, only followed by the next number:
 * so two processes that both find a dead holder cannot take each other's fresh claim away.
 */
import { claimFile, type Disk, readDocument } from './disk.ts';
import { isAlive, type ProcessId, sameProcess } from './process-id.ts';

/**
 * @param folder where the claims lie
 * @returns true when `self` holds the claim, false while another living process does
 */
export async function takeClaim(disk: Disk, folder: string, self: ProcessId): Promise<boolean> {
  for (;;) {
    const numbers = await claimsIn(disk, folder);
    const last = Math.max(0, ...numbers);
    const holder = last === 0 ? null : await readDocument<ProcessId>(disk, `${folder}/claim.${last}`);
    if (holder !== null && sameProcess(holder, self)) return true;
    if (holder !== null && isAlive(holder)) return false;
    if (!(await claimFile(disk, `${folder}/claim.${last + 1}`, JSON.stringify(self)))) continue;
    // Only the highest number counts, so the lower ones may go.
    for (const number of numbers) await disk.remove(`${folder}/claim.${number}`);
    return true;
  }
}

/** Who took the claim last, living or dead; null when nobody ever did. */
export async function holderOf(disk: Disk, folder: string): Promise<ProcessId | null> {
  const last = Math.max(0, ...(await claimsIn(disk, folder)));
  return last === 0 ? null : readDocument<ProcessId>(disk, `${folder}/claim.${last}`);
}

async function claimsIn(disk: Disk, folder: string): Promise<number[]> {
  return (await disk.list(folder)).flatMap((name) => /^claim\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}
