/** What the host last reported, in the model's own words; the engine maps the agent's report to this. */
import type { Ipv4Method, Ipv6Method, Qos } from './entities.ts';

export interface ObservedNic {
  name: string;
  kind: 'nic' | 'bond' | 'vlan';
  mac: string | null;
  /** Mbit/s. */
  speed: number | null;
  /** The speed is a word of the driver, not what a wire was found to carry: a virtual nic. */
  nominalSpeed: boolean;
  mtu: number;
  up: boolean;
  /** Name of the bond it is a slave of. */
  master: string | null;
  base: string | null;
  vlan: number | null;
  bond: {
    slaves: string[];
    options: Record<string, string>;
    activeSlave: string | null;
    partnerMac: string | null;
  } | null;
  aggregator: number | null;
  /** What the device itself has, whoever gave it; absent where it has nothing. A network's own is told with the network. */
  ipv4?: ObservedNetwork['ipv4'];
  ipv6?: ObservedNetwork['ipv6'];
  /** Settings of ethtool that were read: section, name, value. */
  ethtool?: Record<string, Record<string, string>> | undefined;
  /**
   * Only on an SR-IOV physical function: how many virtual functions it can have, and has; and how many of these were given away,
   * so that no nic stands for them.
   */
  sriov?: { total: number; current: number; held: number };
  /** Only on a virtual function: the nic it was made from. */
  physicalFunction?: string;
}

export interface ObservedIp<M extends string> {
  method: M;
  address: string | null;
  /** Prefix length. */
  prefix: number | null;
  gateway: string | null;
}

/** A network as it stands on the host, by its host-side name. */
export interface ObservedNetwork {
  vdsmName: string;
  /** Nic or bond below everything; null when it has vanished. */
  base: string | null;
  /** The device that carries the network below its bridge: the nic, bond or VLAN device. */
  southbound: string | null;
  bridged: boolean;
  vlan: number | null;
  mtu: number;
  stp: boolean;
  ipv4: ObservedIp<Ipv4Method>;
  ipv6: ObservedIp<Ipv6Method>;
  /** Of the IPv4 addresses that it was given beside the one of `ipv4`, those that are there, with prefixes; absent without any. */
  moreAddresses?: string[];
  defaultRoute: boolean;
  switchType: 'legacy' | 'ovs';
  /** How it is shaped; null when it is not. */
  qos: Qos | null;
  /** What its bridge is set to, by sysfs name. */
  bridgeOptions: Record<string, string>;
}

export interface ObservedHost {
  nics: ObservedNic[];
  networks: ObservedNetwork[];
  nameservers: string[];
}
