/** What the kernel looks like, read whole. Numbers are numbers, unknown is null. */
import * as z from 'zod/mini';
import { Drift } from './drift.ts';
import { HostConfig } from './host-config.ts';
import { ManagerName, ManagerReport } from './managers.ts';
import { Bursts } from './shaping.ts';

export const AddressReport = z.object({
  family: z.union([z.literal(4), z.literal(6)]),
  address: z.string(),
  prefix: z.int(),
  /** The address at the other end, where it was given with one: then the prefix is of that. */
  peer: z.optional(z.string()),
  /** The kernel was told to make no route to its subnet, as NetworkManager tells it. */
  noPrefixRoute: z.optional(z.boolean()),
  scope: z.string(),
  /** `dhcp` when a client of ours holds a lease for it, `ra` when the kernel made it from a router advertisement. */
  origin: z.enum(['static', 'dhcp', 'ra', 'kernel']),
  /** A link-local address that somebody has set beside the `kernel`'s own: with Patchbay nobody asks for such, but a revert keeps it. */
  manual: z.optional(z.boolean()),
  tentative: z.boolean(),
  dadFailed: z.boolean(),
  /** Seconds the address stays valid; null for ever. */
  validFor: z.nullable(z.number()),
});

/** The shaping that Patchbay has put on a nic or bond: hfsc at the root, one class per network. Rates in bit/s. */
export const ShapingReport = z.object({
  classes: z.array(
    z.object({
      /** Second half of the class id: the VLAN id, or one of two numbers above all of them. */
      minor: z.int(),
      linkshare: z.nullable(z.int()),
      upperlimit: z.nullable(z.int()),
      realtime: z.nullable(z.int()),
      bursts: z.optional(Bursts),
      /** Whether flows within the class are treated fairly (fq_codel). */
      fair: z.boolean(),
    }),
  ),
  filters: z.array(
    z.object({
      preference: z.int(),
      /** Which frames it takes: those with the VLAN id, or all that are left. */
      vlan: z.nullable(z.int()),
      /** Class that they go to. */
      minor: z.int(),
    }),
  ),
});

/** SR-IOV: one nic of hardware (physical function) shows as many (virtual functions). */
export const SriovReport = z.object({
  /** Virtual functions that it can have, and that it has; none of its own on a virtual function. */
  total: z.int(),
  current: z.int(),
  /** Of those that it has: how many have been given away, to a VM or another network namespace, and are no links here. */
  held: z.int(),
  /** On a virtual function: the nic that it was made from, null when that is not seen here, and its number there, from 0. */
  pf: z.nullable(z.string()),
  vfIndex: z.nullable(z.int()),
});

export const LinkReport = z.object({
  index: z.int(),
  name: z.string(),
  /**
   * `nic` is anything that can carry a network by itself: a port, a virtual function, one end of a veth pair. A virtual function
   * that belongs to a VM is `other`.
   */
  kind: z.enum(['nic', 'bond', 'vlan', 'bridge', 'other']),
  /** What an `other` is in the kernel's words, for example `macvtap`. */
  type: z.optional(z.string()),
  mac: z.nullable(z.string()),
  permanentMac: z.nullable(z.string()),
  mtu: z.int(),
  minMtu: z.nullable(z.int()),
  maxMtu: z.nullable(z.int()),
  adminUp: z.boolean(),
  operState: z.string(),
  carrier: z.boolean(),
  /** Name of the bond or bridge it is a port of. */
  master: z.nullable(z.string()),
  /**
   * The device below, with which the kernel removes this one: of VLAN devices, macvlans and the like. Null where it is in another
   * network namespace; reports of older agents have it for VLAN devices only.
   */
  base: z.nullable(z.string()),
  /** VLAN devices: the tag, which is null where it is none of 802.1Q. */
  vlan: z.nullable(z.int()),
  /** Link alias; ours start with `patchbay:` (see agent/observe/ownership). */
  alias: z.nullable(z.string()),
  group: z.string(),
  /** Mbit/s. */
  speed: z.nullable(z.number()),
  /** The speed is a constant of a virtual device, not what its wire carries. */
  nominalSpeed: z.optional(z.boolean()),
  /** Kind of the queueing discipline at its root. */
  qdisc: z.optional(z.string()),
  /** Absent when it is not shaped, or by somebody else. */
  shaping: z.optional(ShapingReport),
  /**
   * What ethtool says of the settings that somebody wants, or that Patchbay has changed; section, name, value. A setting that
   * the nic does not have, or that is fixed, is absent; all of it, when nobody asked.
   */
  ethtool: z.optional(z.record(z.string(), z.record(z.string(), z.string()))),
  /** Absent on a nic that has nothing to do with SR-IOV. */
  sriov: z.optional(SriovReport),
  /** Whose hands it is in: Patchbay's, another manager's, nobody's. Absent where nobody has looked. */
  managedBy: z.optional(z.enum(['agent', 'none', ...ManagerName.options])),
  ipv6Disabled: z.boolean(),
  /**
   * Settings of this device that Patchbay changes, as far as they were read: `ipv6/accept_ra` stands for
   * `/proc/sys/net/ipv6/conf/<device>/accept_ra`.
   */
  sysctls: z.optional(z.record(z.string(), z.string())),
  bond: z.nullable(
    z.object({
      /** Every option the kernel shows, name to value, `mode` as a number. */
      options: z.record(z.string(), z.string()),
      slaves: z.array(z.string()),
      activeSlave: z.nullable(z.string()),
      partnerMac: z.nullable(z.string()),
      aggregator: z.nullable(z.int()),
    }),
  ),
  /** Present on a bond's member. */
  slave: z.nullable(z.object({ state: z.string(), miiUp: z.boolean(), aggregator: z.nullable(z.int()) })),
  bridge: z.nullable(z.object({ stp: z.boolean(), options: z.record(z.string(), z.string()) })),
  addresses: z.array(AddressReport),
  /**
   * Link-local addresses of neighbours that are routers; only on a device where the kernel hears router advertisements and
   * makes no default routes of them.
   */
  routers: z.optional(z.array(z.string())),
});

/** One of the ways of a route that has several. */
export const NextHop = z.object({
  gateway: z.nullable(z.string()),
  device: z.string(),
  /** Its share, against those of the others. */
  weight: z.int(),
  onlink: z.optional(z.boolean()),
});

/** The table that routes are in where no other is named. */
export const MAIN_TABLE = 254;

export const RouteReport = z.object({
  family: z.union([z.literal(4), z.literal(6)]),
  table: z.int(),
  /** `default` or CIDR. */
  destination: z.string(),
  /** Both null where there are several ways. */
  gateway: z.nullable(z.string()),
  device: z.nullable(z.string()),
  nexthops: z.optional(z.array(NextHop)),
  protocol: z.string(),
  metric: z.nullable(z.int()),
  /** Preferred source address. */
  source: z.optional(z.string()),
  /** True when the gateway is taken to be a neighbour although no address of the device covers it. */
  onlink: z.optional(z.boolean()),
  /** What the connections over it are told, by the names of ip-route(8): `mtu` in bytes, `initcwnd` in segments. */
  metrics: z.optional(z.record(z.string(), z.int())),
});

export const RuleReport = z.object({
  family: z.union([z.literal(4), z.literal(6)]),
  priority: z.int(),
  from: z.nullable(z.string()),
  to: z.nullable(z.string()),
  table: z.int(),
  protocol: z.nullable(z.string()),
});

export const DhcpReport = z.object({
  device: z.string(),
  /** Network whose identity the client uses. */
  network: z.string(),
  family: z.union([z.literal(4), z.literal(6)]),
  state: z.enum(['acquiring', 'bound']),
  /** With its prefix, `192.0.2.7/24`. */
  address: z.nullable(z.string()),
  gateway: z.nullable(z.string()),
  nameservers: z.array(z.string()),
  /** Seconds until the lease ends; null for ever, absent when not known. */
  validFor: z.optional(z.nullable(z.int())),
});

/** `/etc/resolv.conf` itself, whoever wrote it. */
export const ResolverFile = z.object({
  /** Where it leads to, when it is a symbolic link. */
  target: z.nullable(z.string()),
  /** What it says; null for a link. */
  content: z.nullable(z.string()),
  /** Permission bits and owner; of no meaning for a link. */
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
});

export const ResolverReport = z.object({
  /** Who is told of name servers: the file itself, systemd-resolved, or a program like openresolv. */
  manager: z.enum(['file', 'resolved', 'resolvconf']),
  /** Null when there is none. */
  file: z.nullable(ResolverFile),
  /** The file as it was before Patchbay first changed it; absent when it never did. */
  original: z.optional(z.nullable(ResolverFile)),
  /** Name servers by device, as far as the manager takes them so. */
  devices: z.record(z.string(), z.array(z.string())),
  /** The same, as Patchbay last told it; a manager may forget them, at the latest with the boot. */
  told: z.optional(z.record(z.string(), z.array(z.string()))),
});

/** What this host can be asked for, where not every host can. */
export const Capabilities = z.object({
  /** Whether the kernel has IPv6. */
  ipv6: z.boolean(),
  /** Whether the program is there that asks for leases of the family. */
  dhcp4: z.boolean(),
  dhcp6: z.boolean(),
});

export const HostReport = z.object({
  bootId: z.string(),
  hostName: z.string(),
  /** `uname -r`. */
  kernel: z.string(),
  /** What networks can be made of on this host; what is false is refused. */
  features: z.optional(
    z.object({ bonding: z.boolean(), bridge: z.boolean(), vlan: z.boolean(), shaping: z.boolean() }),
  ),
  links: z.array(LinkReport),
  routes: z.array(RouteReport),
  rules: z.array(RuleReport),
  nameservers: z.array(z.string()),
  dhcp: z.array(DhcpReport),
  /** Absent where name servers are nothing but the list above. */
  resolver: z.optional(ResolverReport),
  /** Absent where nothing is known to be missing. */
  capabilities: z.optional(Capabilities),
  /** Other programs that set up networks here; absent where nobody has looked. */
  managers: z.optional(z.array(ManagerReport)),
  /** Last applied config, and whether it is also what the next boot restores. */
  running: HostConfig,
  committed: z.boolean(),
  /** Against the running config; absent while a change is under way. */
  drift: z.optional(Drift),
  /** Rises with every observed change of the kernel. */
  stateVersion: z.int(),
});

export type AddressReport = z.infer<typeof AddressReport>;
export type ShapingReport = z.infer<typeof ShapingReport>;
export type SriovReport = z.infer<typeof SriovReport>;
export type LinkReport = z.infer<typeof LinkReport>;
export type NextHop = z.infer<typeof NextHop>;
export type RouteReport = z.infer<typeof RouteReport>;
export type RuleReport = z.infer<typeof RuleReport>;
export type DhcpReport = z.infer<typeof DhcpReport>;
export type ResolverFile = z.infer<typeof ResolverFile>;
export type ResolverReport = z.infer<typeof ResolverReport>;
export type Capabilities = z.infer<typeof Capabilities>;
export type HostReport = z.infer<typeof HostReport>;
