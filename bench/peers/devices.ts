/** The kernel devices that a config is made of, as the files of other network managers name them one by one. Pure. */
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import { BOND_MODES } from '../../packages/agent/src/observe/bond-options.ts';

export interface Device {
  readonly name: string;
  readonly kind: 'nic' | 'bond' | 'vlan' | 'bridge';
  /** Bond or bridge that it is plugged into. */
  readonly master: Device | null;
  readonly vlan: { readonly id: number; readonly base: string } | null;
  /** Options of a bond, the mode by its name. */
  readonly bond: Readonly<Record<string, string>> | null;
  /** Names of what is plugged into it. */
  readonly ports: readonly string[];
  /** Of the network whose addresses it holds; null when it holds none. */
  readonly ipv4: Extract<NetworkConfig['ipv4'], { method: 'static' }> | null;
  readonly defaultRoute: boolean;
}

/** Each before what stands on it or is plugged into it, but bridges and bonds before their ports. */
export function devicesOf({ bonds, networks }: HostConfig): Device[] {
  const devices = new Map<string, Device>();
  const add = (device: Pick<Device, 'name' | 'kind'> & Partial<Device>): Device => {
    const known = devices.get(device.name);
    const whole: Device = { ...plain, ...known, ...device };
    devices.set(device.name, whole);
    return whole;
  };
  for (const [name, { slaves, options }] of Object.entries(bonds)) {
    const bond = { ...options, mode: BOND_MODES[Number(options['mode'])] ?? '' };
    const master = add({ name, kind: 'bond', bond, ports: slaves });
    for (const slave of slaves) add({ name: slave, kind: 'nic', master });
  }
  for (const [name, { base, vlan, bridged, ipv4, defaultRoute }] of Object.entries(networks)) {
    const held = { ipv4: ipv4.method === 'static' ? ipv4 : null, defaultRoute };
    if (base !== null && bonds[base] === undefined) add({ name: base, kind: 'nic' });
    const carrier = base === null || vlan === null ? base : `${base}.${vlan}`;
    const plugged: Partial<Device> = bridged
      ? { master: add({ name, kind: 'bridge', ports: carrier === null ? [] : [carrier], ...held }) }
      : held;
    if (carrier === null) continue;
    const vlanOf = base === null || vlan === null ? null : { base, id: vlan };
    const kind = vlanOf !== null ? 'vlan' : bonds[carrier] === undefined ? 'nic' : 'bond';
    add({ name: carrier, kind, ...(vlanOf === null ? {} : { vlan: vlanOf }), ...plugged });
  }
  return [...devices.values()];
}

const plain = { master: null, vlan: null, bond: null, ports: [], ipv4: null, defaultRoute: false } as const;
