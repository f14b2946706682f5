/**
 * What uses networks besides hosts. Patchbay runs none of it; a workload provider may tell, and without one nothing is in use.
 */

export interface NetworkUse {
  kind: 'vm' | 'template' | 'brick' | 'iscsi_bond';
  name: string;
  networkId: string;
  clusterId: string | null;
  /** The host on which a VM runs with the network plugged in; null for everything else. */
  hostId: string | null;
}

/** The part of it that is on one host. */
export interface HostWorkload {
  /** Network id to the VMs that run here with it plugged in. */
  vmsOn: ReadonlyMap<string, readonly string[]>;
  /** Nic name to the VM that holds it as a virtual function. */
  holderOf: ReadonlyMap<string, string>;
}

const plural: Record<NetworkUse['kind'], string> = {
  vm: 'VMs',
  template: 'templates',
  brick: 'bricks',
  iscsi_bond: 'iSCSI bonds',
};

/** Users in a row, by kind: `VMs: a, b; templates: c`. */
export function spokenUses(uses: readonly Pick<NetworkUse, 'kind' | 'name'>[]): string {
  const kinds = [...new Set(uses.map((use) => use.kind))];
  return kinds
    .map(
      (kind) =>
        `${plural[kind]}: ${uses
          .filter((u) => u.kind === kind)
          .map((u) => u.name)
          .join(', ')}`,
    )
    .join('; ');
}
