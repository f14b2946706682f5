/**
 * What the kernel shall look like, device by device, whatever it was derived from: a host config or an earlier state.
 * A part that is absent is left as it is. What has to go is named, so that nothing is removed by omission.
 */
import type { DhcpReport, ResolverFile, RouteReport, RuleReport, ShapingReport } from '@patchbay/protocol';
import type { Family } from '../ip-address.ts';
import type { TargetClaims } from './target-claims.ts';

export interface TargetAddress {
  family: Family;
  address: string;
  prefix: number;
  /** As in {@link AddressReport}. */
  peer?: string | undefined;
  noPrefixRoute?: boolean | undefined;
  /** Seconds; null for ever. */
  validFor: number | null;
}

export interface TargetLink {
  name: string;
  kind: 'nic' | 'bond' | 'vlan' | 'bridge' | 'other';
  /** VLAN devices only. */
  base: string | null;
  vlan: number | null;
  /** Empty removes the alias. */
  alias?: string;
  group?: number;
  up?: boolean;
  /** Bytes. */
  mtu?: number;
  mac?: string;
  master?: string | null;
  ipv6?: boolean;
  /** Its IPv6 addresses are ours to give, down to those that the kernel makes of its MAC. */
  ourIpv6?: boolean;
  /** As in {@link LinkReport.sysctls}. */
  sysctls?: Record<string, string>;
  /** Bond: every option. */
  bond?: Record<string, string>;
  /** Bridge: every option. */
  bridge?: Readonly<Record<string, string>>;
  /** Bridge: whether spanning tree runs. */
  stp?: boolean;
  /** Settings of ethtool: section, name, value. */
  ethtool?: Record<string, Record<string, string>>;
  /** null: not shaped by us. */
  shaping?: ShapingReport | null;
  wanted: TargetAddress[];
  unwanted: TargetAddress[];
}

export interface Target {
  links: Map<string, TargetLink>;
  /** Nics whose number of virtual functions shall be another. */
  virtualFunctions: ReadonlyMap<string, number>;
  /** Links that shall not exist. */
  gone: Set<string>;
  routes: { wanted: RouteReport[]; unwanted: RouteReport[] };
  /** `inOrder`: those of one priority, of which the first that fits decides, shall stand in this order. */
  rules: { wanted: RuleReport[]; inOrder: boolean; unwanted: RuleReport[] };
  dhcp: { wanted: DhcpClient[]; unwanted: DhcpClient[] };
  /** What other managers are to leave alone, and no longer have to. */
  claims: TargetClaims;
  dns: DnsTarget;
}

/** What name resolution shall be told; what is absent or null is left as it is. */
export interface DnsTarget {
  /** Of the whole host, where a file says them. */
  nameservers: string[] | null;
  /** The resolver's file, as it was once. */
  file?: ResolverFile | null;
  /** By device, where a program takes them so; none takes them from it. */
  devices: Record<string, string[]>;
}

export type DhcpClient = Pick<DhcpReport, 'device' | 'network' | 'family'>;

/** A link that stays, with nothing asked of it yet. */
export function plainLink(name: string, kind: TargetLink['kind']): TargetLink {
  return { name, kind, base: null, vlan: null, wanted: [], unwanted: [] };
}
