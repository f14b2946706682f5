/**
 * What a request is not even begun for, although there might be a plan: what it asks of virtual functions (SR-IOV) takes something
 * away that is in use, or may cut the host off. Nothing of it stands in the way of a revert or of a boot.
 */
import type { AgentProblem, HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { chainBelow } from './chain.ts';
import { managementDevice } from './plan-for.ts';
import { usersOf } from './virtual-functions.ts';

/**
 * @param management device, or address, that carries the engine's connection; null when there is none
 * @param force to go on although a driver may reset the nic that carries it
 */
export function refusal(
  state: KernelState,
  config: HostConfig,
  management: string | null,
  force: boolean,
): AgentProblem | null {
  const device = management === null ? null : managementDevice(state, management);
  const path = device === null ? new Set<string>() : chainBelow(state.links, device);
  for (const [name, count] of Object.entries(config.virtualFunctions ?? {})) {
    const link = state.links.find((one) => one.name === name);
    if (link === undefined) return { code: 'ERR_BAD_NIC', message: `There is no nic ${name}.` };
    const { total, current } = link.sriov ?? { total: 0, current: 0 };
    if (total === 0) return { code: 'ERR_BAD_NIC', message: `${name} is no SR-IOV physical function.` };
    if (count > total) {
      return { code: 'ERR_BAD_PARAMS', message: `${name} can have ${total} virtual functions, not ${count}.` };
    }
    if (count === current) continue;
    const users = usersOf(state, name, config);
    if (users.length > 0) {
      const message = `The number of virtual functions of ${name} cannot change: in use are ${users.join(', ')}.`;
      return { code: 'ERR_USED_NIC', message };
    }
    if (path.has(name) && !force) {
      const message = `${name} carries the connection to the engine, and its driver may reset it for another number of virtual functions; use force to have it all the same.`;
      return { code: 'ERR_USED_NIC', message };
    }
  }
  return null;
}
