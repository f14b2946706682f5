/** Keeps the MACs of what is committed, which a boot gives back. */
import type { KernelState } from '../kernel.ts';
import { sameConfig } from '../persist/documents.ts';
import { macsToKeep } from '../plan/kept-macs.ts';
import type { TransactionParts } from './parts.ts';
import { unwritten } from './unwritten.ts';

/**
 * While something else runs than what is committed, what was kept before stays: the kernel shows then what a boot takes back, and a bond
 * of which both say the same may have given up its MAC to a nic. What cannot be kept is told, and holds nobody up.
 * @param look at the kernel; not taken where there are no bonds
 */
export async function keepMacs(
  { documents, log }: Pick<TransactionParts, 'documents' | 'log'>,
  look: () => Promise<KernelState>,
): Promise<void> {
  try {
    const committed = await documents.committed();
    if (!sameConfig(await documents.running(), committed)) return;
    const has = Object.keys(committed.bonds).length > 0;
    await documents.setMacs(has ? macsToKeep(await look(), committed, await documents.macs()) : {});
  } catch (error) {
    unwritten(log, 'the MACs of bonds and bridges')(error);
  }
}
