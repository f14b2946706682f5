/** What a host shall look like, whole: the shape that the protocol carries to the agent. */
import type { EthtoolWish } from '../properties/ethtool-options.ts';

export interface Ipv4StaticConfig {
  method: 'static';
  address: string;
  prefix: number;
  gateway: string | null;
}

export type Ipv4Config = { method: 'none' } | { method: 'dhcp' } | Ipv4StaticConfig;

export interface Ipv6StaticConfig {
  method: 'static';
  address: string;
  prefix: number;
  gateway: string | null;
}

export type Ipv6Config =
  | { method: 'none' }
  | { method: 'dhcp' }
  | { method: 'autoconf' }
  | { method: 'poly_dhcp_autoconf' }
  | Ipv6StaticConfig;

/** Shaping; rates in bit/s. */
export interface QosConfig {
  linkshare: number;
  upperlimit: number | null;
  realtime: number | null;
}

export interface NetworkConfig {
  /** Nic or bond below; null only for a bridge without a port. */
  base: string | null;
  vlan: number | null;
  bridged: boolean;
  stp: boolean;
  /** Bytes. */
  mtu: number;
  ipv4: Ipv4Config;
  ipv6: Ipv6Config;
  /** IPv4 addresses beside the one of `ipv4`, with their prefixes. */
  moreAddresses?: string[] | undefined;
  defaultRoute: boolean;
  nameservers: string[] | null;
  bridgeOptions: Record<string, string>;
  /** Absent: not shaped. */
  qos?: QosConfig | undefined;
  /** Absent: nothing is asked of the nics. */
  ethtool?: EthtoolWish[] | undefined;
}

export interface BondConfig {
  slaves: string[];
  options: Record<string, string>;
}

export interface HostConfig {
  bonds: Record<string, BondConfig>;
  /** By host-side name. */
  networks: Record<string, NetworkConfig>;
  /** SR-IOV: nic to how many virtual functions it shall have; one that is not named keeps those that it has. */
  virtualFunctions?: Record<string, number> | undefined;
}
