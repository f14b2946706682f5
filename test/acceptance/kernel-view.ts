/** What a host's kernel shows, the same for a kernel in memory and a real one, so that one test can look at both. */
import type { KernelOp } from '@patchbay/protocol';

export interface ShownLink {
  name: string;
  /** Another one when the device was made again. */
  index: number;
  kind: 'nic' | 'bond' | 'vlan' | 'bridge' | 'other';
  up: boolean;
  mtu: number;
  mac: string;
  /** Bond or bridge it is a port of. */
  master: string | null;
  /** VLAN devices: the device below, and the tag. */
  base: string | null;
  vlan: number | null;
  /** `address/prefix` each, without link-local ones. */
  addresses: string[];
}

export interface ShownRule {
  from: string | null;
  to: string | null;
  table: number;
}

export interface ShownRoute {
  table: number;
  /** `default` or CIDR. */
  destination: string;
  gateway: string | null;
  device: string | null;
}

export interface ShownBond {
  /** As the kernel names them; those with a word beside the number (`active-backup 1`) by number. */
  options: Record<string, string>;
  slaves: string[];
  activeSlave: string | null;
}

/** A class of traffic that leaves a device, in bit/s. */
export interface ShownClass {
  linkshare: number | null;
  upperlimit: number | null;
  realtime: number | null;
}

export interface KernelView {
  links(): Promise<Map<string, ShownLink>>;
  /** @throws when the kernel has no such link */
  link(name: string): Promise<ShownLink>;
  bond(name: string): Promise<ShownBond>;
  /** Options of a bridge as files below `/sys/class/net/<name>/bridge` name them. */
  bridge(name: string): Promise<Record<string, string>>;
  /** Classes of shaping by the second half of their id in hexadecimal, `fb` for VLAN 251; none when it is not shaped. */
  classes(device: string): Promise<Record<string, ShownClass>>;
  /** Whether an offload of a nic is on: `tx`, `gro`, … as ethtool takes them. */
  offload(nic: string, name: string): Promise<'on' | 'off' | undefined>;
  /** How many virtual functions a nic has; null on a nic without SR-IOV. */
  virtualFunctions(nic: string): Promise<number | null>;
  /** `net/ipv6/conf/eth1/accept_ra`; null when not known. */
  sysctl(key: string): Promise<string | null>;
  /** Those that no kernel has by itself. */
  rules(): Promise<ShownRule[]>;
  /** All tables, both families, without what a kernel makes by itself. */
  routes(): Promise<ShownRoute[]>;
  nameservers(): Promise<string[]>;
  /** Whether an answer comes from the address; null where there is no wire. */
  reaches(address: string): Promise<boolean | null>;
  /** Everything that a refused request must leave as it is, as text. */
  everything(): Promise<string>;
  /** Another hand at the kernel. @throws when the kernel refuses */
  byHand(...ops: KernelOp[]): Promise<void>;
  /** Pulls or plugs the cable of a nic. */
  cable(nic: string, state: 'cut' | 'mend'): Promise<void>;
}

/** @throws when there is none */
export function linkOf(links: Map<string, ShownLink>, name: string): ShownLink {
  const found = links.get(name);
  if (found === undefined) throw new Error(`The kernel has no ${name}, only ${[...links.keys()].join(', ')}.`);
  return found;
}
