/** Makes a config the one that the next boot restores. */
import type { HostConfig } from '@patchbay/protocol';
import type { TransactionParts } from './parts.ts';

/** Safe to repeat after a crash: only when claims are kept is it forgotten which config they were kept for before. */
export async function commitConfig(
  { documents, keepClaims }: Pick<TransactionParts, 'documents' | 'keepClaims'>,
  config: HostConfig,
): Promise<void> {
  await keepClaims(config, await documents.committed());
  await documents.setCommitted(config);
}
