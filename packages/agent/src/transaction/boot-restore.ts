/** The committed config after a boot: what is possible of it, in one plan (host.md HT-132 to HT-138). */
import type { HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { converge } from './converge.ts';
import type { TransactionParts } from './parts.ts';

/** @returns null when the kernel is as committed, else why it is not, wholly or in part */
export async function bootRestore(
  parts: Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'log'>,
): Promise<string | null> {
  const committed = await parts.documents.committed();
  await parts.documents.setRunning(committed);
  const before = await parts.kernel.observe();
  const { config, missing } = availableOnly(committed, before);
  if (missing.length > 0) parts.log('error', 'devices are missing after boot', { missing });
  let refusal: string | null = null;
  const converged = await converge(
    parts.kernel,
    (state) => {
      const planned = parts.planner.forward(state, config, null);
      if (planned.ok) return planned.value;
      refusal = planned.problem.message;
      return { ops: [], risks: [], touchesManagement: false, expectedOutage: 0 };
    },
    async () => {},
  );
  if (refusal !== null) return refusal;
  if (!converged.ok) return converged.message;
  return missing.length === 0 ? null : `Missing after boot: ${missing.join(', ')}.`;
}

/** What of the config this host can do with the nics it has: a bond with the members it finds, no network without its base. */
export function availableOnly(config: HostConfig, state: KernelState): { config: HostConfig; missing: string[] } {
  const nics = new Set(state.links.filter(({ kind }) => kind === 'nic').map(({ name }) => name));
  const missing = new Set<string>();
  const found = (name: string): boolean => {
    if (!nics.has(name)) missing.add(name);
    return nics.has(name);
  };
  const bonds = Object.fromEntries(
    Object.entries(config.bonds).flatMap(([name, bond]) => {
      const slaves = bond.slaves.filter(found);
      return slaves.length === 0 ? [] : [[name, { ...bond, slaves }]];
    }),
  );
  const stands = (base: string): boolean =>
    Object.hasOwn(config.bonds, base) ? Object.hasOwn(bonds, base) : found(base);
  const networks = Object.fromEntries(
    Object.entries(config.networks).filter(([, { base }]) => base === null || stands(base)),
  );
  return { config: { bonds, networks }, missing: [...missing] };
}
