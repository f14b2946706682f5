/** Makes a config the one that the next boot restores. */
import type { HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { keepMacs } from './keep-macs.ts';
import type { TransactionParts } from './parts.ts';

/**
 * Safe to repeat after a crash: only when claims are kept is it forgotten which config they were kept for before.
 * @param found the kernel with that config, where it was just looked at
 */
export async function commitConfig(
  parts: Pick<TransactionParts, 'documents' | 'keepClaims' | 'live' | 'log'>,
  config: HostConfig,
  found: KernelState | null = null,
): Promise<void> {
  const { documents, keepClaims } = parts;
  await keepClaims(config, await documents.committed());
  await documents.setCommitted(config);
  await keepMacs(parts, async () => found ?? parts.live.observe());
}
