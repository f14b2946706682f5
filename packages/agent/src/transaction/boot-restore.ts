/** The committed config after a boot: what is possible of it, in one plan (HT-132 to HT-139). */
import type { HostConfig } from '@patchbay/protocol';
import { mustBeDone } from '../dhcp/following.ts';
import type { KernelState } from '../kernel.ts';
import { closerLookFor } from '../observe/ethtool.ts';
import { possiblePart } from '../plan/possible-part.ts';
import { converge } from './converge.ts';
import type { TransactionParts } from './parts.ts';
import { restoreVirtualFunctions } from './restore-virtual-functions.ts';
import { unwritten } from './unwritten.ts';

type Parts = Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'keepClaims' | 'log'>;

/** @returns null when the kernel is as committed, else why it is not, wholly or in part */
export async function bootRestore(parts: Parts): Promise<string | null> {
  const committed = await parts.documents.committed();
  await parts.documents.setRunning(committed).catch(unwritten(parts.log, 'the running config'));
  // Nothing was ever kept here: whatever bears our marks was made by an agent whose files are lost, and may carry the host.
  if (!(await parts.documents.hasCommitted())) return null;
  const lacking = await restoreVirtualFunctions(parts, committed);
  // They are as they will be, with or without success: what else was committed does not wait for them.
  const rest = await restoreConfig(parts, committed);
  if (rest !== null) lacking.push(rest);
  await parts.keepClaims(committed);
  return lacking.length === 0 ? null : lacking.join(' ');
}

/**
 * Brings up what of a config can stand on the devices that are there, virtual functions as they are. What the host does not accept any
 * more, as after an update of its kernel, is left out. Which nics were missing is written down for who waits for them.
 * @returns null when that is all of it, else what is not
 */
export async function restoreConfig(
  parts: Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'log'>,
  config: HostConfig,
): Promise<string | null> {
  const before = await parts.kernel.observe(closerLookFor(config));
  const { part, refusals } = possiblePart(before, config);
  const { virtualFunctions: _, ...possible } = part;
  const lacking = [...refusals];
  if (refusals.length > 0) parts.log('error', 'left out of what was committed', { refusals });
  const missing = missingNics(before, config);
  if (missing.length > 0) {
    parts.log('error', 'devices are missing after boot', { missing });
    lacking.push(`Missing after boot: ${missing.join(', ')}.`);
  }
  let refusal: string | null = null;
  const converged = await converge(
    parts.kernel,
    (state) => {
      const planned = parts.planner.forward(state, possible, null);
      if (planned.ok) return { ops: mustBeDone(state, possible, planned.value.ops) };
      refusal = planned.problem.message;
      return { ops: [] };
    },
    async () => {},
    closerLookFor(possible),
  );
  await parts.documents.setLateNics(missing).catch(unwritten(parts.log, 'which nics are missing'));
  if (refusal !== null && refusals.length === 0) lacking.push(refusal);
  if (!converged.ok) lacking.push(converged.message);
  else if (converged.complaint !== null) lacking.push(converged.complaint);
  return lacking.length === 0 ? null : lacking.join(' ');
}

/** Nics that the config names and the host does not have. */
export function missingNics({ links }: KernelState, config: HostConfig): string[] {
  const there = new Set(links.map(({ name }) => name));
  return namedNics(config).filter((name) => !there.has(name));
}

/** Nics that something of the config stands on. */
export function namedNics({ bonds, networks, virtualFunctions = {} }: HostConfig): string[] {
  const named = [
    ...Object.values(bonds).flatMap(({ slaves }) => slaves),
    ...Object.values(networks).flatMap(({ base }) => (base === null || Object.hasOwn(bonds, base) ? [] : base)),
    ...Object.keys(virtualFunctions),
  ];
  return [...new Set(named)];
}
