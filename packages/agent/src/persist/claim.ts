/**
 * One worker at a time, across processes that may be killed. A claim is never given back, only followed by the next number:
 * so two processes that both find a dead holder cannot take each other's fresh claim away.
 */
import { claimFile, type Disk, readSpare } from './disk.ts';
import { isAlive, type ProcessId, sameProcess } from './process-id.ts';

/**
 * @param folder where the claims lie
 * @param unwritten told why the claim could not be written, where that is to keep nobody from the work: then it is enough that no
 *   living process holds it
 * @returns true when `self` holds the claim, false while another living process does
 * @throws when it cannot be written, unless somebody is told
 */
export async function takeClaim(
  disk: Disk,
  folder: string,
  self: ProcessId,
  unwritten: (error: unknown) => void = rethrow,
): Promise<boolean> {
  const claim = (number: number) =>
    claimFile(disk, `${folder}/claim.${number}`, JSON.stringify(self)).catch((error: unknown) => {
      unwritten(error);
      return null;
    });
  for (;;) {
    const numbers = await claimsIn(disk, folder);
    const last = Math.max(0, ...numbers);
    const holder = last === 0 ? null : await readSpare<ProcessId>(disk, `${folder}/claim.${last}`, nobody);
    if (holder !== null && sameProcess(holder, self)) return true;
    if (holder !== null && isAlive(holder)) return false;
    const won = await claim(last + 1);
    if (won === null) return true;
    if (!won) continue;
    // Only the highest number counts, so the lower ones may go.
    for (const number of numbers) await disk.remove(`${folder}/claim.${number}`);
    return true;
  }
}

/** Who took the claim last, living or dead; null when nobody ever did. */
export async function holderOf(disk: Disk, folder: string): Promise<ProcessId | null> {
  const last = Math.max(0, ...(await claimsIn(disk, folder)));
  return last === 0 ? null : readSpare<ProcessId>(disk, `${folder}/claim.${last}`, nobody);
}

/** What a claim that cannot be read says of its holder. */
function nobody(): void {}

function rethrow(error: unknown): never {
  throw error;
}

async function claimsIn(disk: Disk, folder: string): Promise<number[]> {
  return (await disk.list(folder)).flatMap((name) => /^claim\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}
