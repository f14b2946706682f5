/** The committed config after a boot: what is possible of it, in one plan (host.md HT-132 to HT-138). */
import type { HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { closerLook, ethtoolOf } from '../observe/ethtool.ts';
import { presentPart } from '../plan/present-part.ts';
import { converge } from './converge.ts';
import type { TransactionParts } from './parts.ts';

/** @returns null when the kernel is as committed, else why it is not, wholly or in part */
export async function bootRestore(
  parts: Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'log'>,
): Promise<string | null> {
  const committed = await parts.documents.committed();
  await parts.documents.setRunning(committed);
  // Nothing was ever kept here: whatever bears our marks was made by an agent whose files are lost, and may carry the host.
  if (!(await parts.documents.hasCommitted())) return null;
  return restoreConfig(parts, committed);
}

/** Brings up what of a config can stand on the devices that are there. @returns null when that is all of it, else what is not */
export async function restoreConfig(
  parts: Pick<TransactionParts, 'kernel' | 'planner' | 'log'>,
  config: HostConfig,
): Promise<string | null> {
  const before = await parts.kernel.observe();
  const possible = presentPart(before, config);
  const missing = missingNics(before, config);
  if (missing.length > 0) parts.log('error', 'devices are missing after boot', { missing });
  let refusal: string | null = null;
  const converged = await converge(
    parts.kernel,
    (state) => {
      const planned = parts.planner.forward(state, possible, null);
      if (planned.ok) return planned.value;
      refusal = planned.problem.message;
      return { ops: [] };
    },
    async () => {},
    closerLook(ethtoolOf(possible)),
  );
  if (refusal !== null) return refusal;
  if (!converged.ok) return converged.message;
  return missing.length === 0 ? null : `Missing after boot: ${missing.join(', ')}.`;
}

/** Nics that the config names and the host does not have. */
export function missingNics(state: KernelState, { bonds, networks }: HostConfig): string[] {
  const there = new Set(state.links.map(({ name }) => name));
  const named = [
    ...Object.values(bonds).flatMap(({ slaves }) => slaves),
    ...Object.values(networks).flatMap(({ base }) => (base === null || Object.hasOwn(bonds, base) ? [] : base)),
  ];
  return [...new Set(named)].filter((name) => !there.has(name));
}
