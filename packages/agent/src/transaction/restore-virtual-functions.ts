/** Virtual functions (SR-IOV) after a boot, before the networks that may stand on them. */
import type { HostConfig } from '@patchbay/protocol';
import type { Kernel, KernelState } from '../kernel.ts';
import { stepsTo, usersOf } from '../plan/virtual-functions.ts';
import { name } from './converge.ts';
import type { Log } from './parts.ts';

/**
 * Each nic by itself, so that one that fails costs only what stands on it. Nics that are not there are left to the caller.
 * @returns a sentence for each nic that has not what was committed
 */
export async function restoreVirtualFunctions(
  { kernel, log }: { kernel: Kernel; log: Log },
  { virtualFunctions = {} }: HostConfig,
): Promise<string[]> {
  const lacking: string[] = [];
  for (const [device, count] of Object.entries(virtualFunctions)) {
    const refused = await restore(kernel, await kernel.observe(), device, count);
    if (refused === null) continue;
    log('error', 'virtual functions could not be restored', { device, count, reason: refused });
    lacking.push(`${device} has not its ${count} virtual functions: ${refused}`);
  }
  return lacking;
}

async function restore(kernel: Kernel, state: KernelState, device: string, count: number): Promise<string | null> {
  const link = state.links.find((one) => one.name === device);
  if (link === undefined || link.sriov?.current === count) return null;
  if (link.sriov === undefined) return 'it is no SR-IOV physical function.';
  const users = usersOf(state, device, null);
  if (users.length > 0) return `in use are ${users.join(', ')}.`;
  const execution = await kernel.execute(stepsTo(device, link.sriov.current, count));
  return execution.ok ? null : `${name(execution.failed)} was refused: ${execution.message}`;
}
