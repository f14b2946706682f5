/** Keeps the MACs of what is committed, which a boot gives back. */
import type { KernelState } from '../kernel.ts';
import { macsToKeep } from '../plan/kept-macs.ts';
import type { TransactionParts } from './parts.ts';
import { unwritten } from './unwritten.ts';

/**
 * What cannot be kept is told, and holds nobody up.
 * @param look at the kernel, as committed as it can be; not taken where there are no bonds
 */
export async function keepMacs(
  { documents, log }: Pick<TransactionParts, 'documents' | 'log'>,
  look: () => Promise<KernelState>,
): Promise<void> {
  try {
    const [config, before] = await Promise.all([documents.committed(), documents.macs()]);
    const has = Object.keys(config.bonds).length > 0;
    await documents.setMacs(has ? macsToKeep(await look(), config, before) : {});
  } catch (error) {
    unwritten(log, 'the MACs of bonds and bridges')(error);
  }
}
