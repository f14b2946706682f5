/**
 * What uses networks besides hosts: VMs, templates, bricks. Patchbay runs none of it, so this is a port: whoever embeds the
 * engine beside something that does gives it an implementation, and several rules begin to speak (VM-01, EXT-02, NET-14, VF-03).
 */
import type { HostState, HostWorkload, NetworkUse } from '@patchbay/model';

export interface Workloads {
  /** Every use of a network; asked anew at each change, so it must be quick. */
  networkUses(): Promise<readonly NetworkUse[]>;
  /** Virtual functions of a host that VMs hold: nic name to VM. */
  heldNics(hostId: string): Promise<ReadonlyMap<string, string>>;
}

/** Nothing runs, nothing is in use. */
export const noWorkloads: Workloads = {
  networkUses: () => Promise.resolve([]),
  heldNics: () => Promise.resolve(new Map()),
};

/** The state with what runs on its host. */
export async function withWorkload(workloads: Workloads, state: HostState): Promise<HostState> {
  const vmsOn = new Map<string, string[]>();
  for (const { kind, hostId, networkId, name } of await workloads.networkUses()) {
    if (kind === 'vm' && hostId === state.host.id) vmsOn.set(networkId, [...(vmsOn.get(networkId) ?? []), name]);
  }
  const workload: HostWorkload = { vmsOn, holderOf: await workloads.heldNics(state.host.id) };
  return { ...state, workload };
}
