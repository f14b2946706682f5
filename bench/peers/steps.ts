/** The works that contenders do, each from where the one before has left the host. Pure. */
import type { HostConfig } from '@patchbay/protocol';
import { network } from '../../packages/agent/src/plan/host-for-tests.ts';
import { range, vlans } from '../host/configs.ts';
import { type Nics, undo, w1, w2, w3, w4, w5 } from '../host/floor.ts';

export interface Step {
  readonly name: string;
  /** What the whole host looks like afterwards. */
  readonly config: HostConfig;
  /** The same by hand, as lines for `ip -batch`. */
  readonly batch: readonly string[];
}

const nics: Nics = { bonded: ['eth1', 'eth2'], single: 'eth3' };
const router = '192.168.100.1';

/** A host that is reached at an address by its first nic, and does nothing else. */
export function home(address: string): HostConfig {
  return { bonds: {}, networks: { mgmt: management(address, 'eth0', false) } };
}

function management(address: string, base: string, bridged: boolean): HostConfig['networks'][string] {
  return network({
    ...{ base, bridged, defaultRoute: true },
    ipv4: { method: 'static', address, prefix: 24, gateway: router },
  });
}

const bond7 = { bond7: { slaves: nics.bonded, options: { mode: '1', miimon: '100' } } };
const adding = (home: HostConfig, bonds: HostConfig['bonds'], networks: HostConfig['networks']): HostConfig => ({
  bonds,
  networks: { ...home.networks, ...networks },
});

/** W1 and W2, and the host as it was after each. */
export function small(address: string): Step[] {
  const at = home(address);
  const ipv4 = { method: 'static', address: '198.51.100.5', prefix: 24, gateway: null } as const;
  return [
    { name: 'W1', config: adding(at, bond7, { n1: network({ base: 'bond7', ipv4 }) }), batch: w1(nics) },
    { name: 'W1 removed', config: at, batch: undo(nics, [1]) },
    { name: 'W2', config: adding(at, bond7, vlans('bond7', 1000, 50)), batch: w2(nics) },
    { name: 'W2 removed', config: at, batch: undo(nics, range(1000, 50)) },
  ];
}

/** W3, W4 and W5, with fewer VLANs where they take too long. */
export function large(address: string, count: number): Step[] {
  const at = home(address);
  const most = vlans(nics.single, 1000, count);
  const more = vlans(nics.single, 2000, 10);
  return [
    { name: `W3 ${count}`, config: adding(at, {}, most), batch: w3(nics, count) },
    { name: `W4 ${count}`, config: adding(at, {}, { ...most, ...more }), batch: w4(nics) },
    { name: `W5 ${count}`, config: at, batch: w5(nics, [...range(1000, count), ...range(2000, 10)]) },
  ];
}

/** Management onto a bond of its nic and another, and back, by itself and under a bridge. */
export function moves(address: string): Step[] {
  const bonds = { bond0: { slaves: ['eth0', 'eth4'], options: { mode: '1', miimon: '100' } } };
  const on = (base: string, bridged: boolean) => ({ mgmt: management(address, base, bridged) });
  return [false, true].flatMap((bridged) => {
    const shape = bridged ? 'bridged' : 'plain';
    return [
      { name: `${shape} start`, config: { bonds: {}, networks: on('eth0', bridged) }, batch: [] },
      { name: `${shape} onto`, config: { bonds, networks: on('bond0', bridged) }, batch: [] },
      { name: `${shape} off`, config: { bonds: {}, networks: on('eth0', bridged) }, batch: [] },
    ];
  });
}
