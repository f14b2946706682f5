/**
 * What a host shall look like: every bond and every network that Patchbay owns on it, whole.
 * What is absent here and marked as ours in the kernel is removed; what is not marked as ours is never touched.
 */
import * as z from 'zod/mini';
import { Bursts } from './shaping.ts';

/** A device name the kernel accepts and that cannot be confused with a VLAN device: 1-15 characters, no `.`, `/`, `:` or blank. */
export const DeviceName = z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,14}$/));
/** Name of any kernel device, VLAN devices included. */
export const KernelName = z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}$/));

const Ipv4Static = z.object({
  method: z.literal('static'),
  address: z.ipv4(),
  prefix: z.int().check(z.minimum(0), z.maximum(32)),
  gateway: z.nullable(z.ipv4()),
});
const Ipv6Static = z.object({
  method: z.literal('static'),
  address: z.ipv6(),
  prefix: z.int().check(z.minimum(0), z.maximum(128)),
  gateway: z.nullable(z.ipv6()),
});

export const Ipv4Config = z.discriminatedUnion('method', [
  z.object({ method: z.literal('none') }),
  z.object({ method: z.literal('dhcp') }),
  Ipv4Static,
]);
export const Ipv6Config = z.discriminatedUnion('method', [
  z.object({ method: z.literal('none') }),
  z.object({ method: z.literal('dhcp') }),
  z.object({ method: z.literal('autoconf') }),
  z.object({ method: z.literal('poly_dhcp_autoconf') }),
  Ipv6Static,
]);

/** How a network shares what leaves its nic or bond with the others there. */
export const QosConfig = z.object({
  /** Weight beside the other networks. */
  linkshare: z.int().check(z.minimum(1)),
  /** Bit/s that it never exceeds. */
  upperlimit: z.nullable(z.int().check(z.minimum(1))),
  /** Bit/s that it always gets. */
  realtime: z.nullable(z.int().check(z.minimum(1))),
  /** Other rates to begin with; that of the share is a share, too. */
  bursts: z.optional(Bursts),
});

/** What ethtool sets on a nic: offloads, interrupt coalescing, rings, pause frames, channels, the link itself. */
export const EthtoolSection = z.enum(['features', 'coalesce', 'ring', 'pause', 'channels', 'link']);
export const EthtoolConfig = z.object({
  /** A nic that carries the network, or `*` for every one. */
  device: z.string(),
  section: EthtoolSection,
  /** Name to value, both as ethtool takes them. */
  values: z.record(z.string(), z.string()),
});

/** An address with its prefix, `192.0.2.7/24`. */
export const Cidr4 = z.cidrv4();

/**
 * One logical network on this host. Its key in {@link HostConfig} is its host-side name, which is also the bridge's name; that
 * of a network without a bridge may be any text.
 */
export const NetworkConfig = z.object({
  /** Nic or bond that carries it; null only for a bridged network without a port. */
  base: z.nullable(DeviceName),
  /** VLAN id 0-4094, null when untagged. */
  vlan: z.nullable(z.int().check(z.minimum(0), z.maximum(4094))),
  bridged: z.boolean(),
  stp: z.boolean(),
  /** Bytes. */
  mtu: z.int().check(z.minimum(68), z.maximum(65535)),
  ipv4: Ipv4Config,
  ipv6: Ipv6Config,
  /** IPv4 addresses beside the one of `ipv4`. */
  moreAddresses: z.optional(z.array(Cidr4)),
  defaultRoute: z.boolean(),
  /** Name servers in order; null keeps what the host has (or what the lease brings). */
  nameservers: z.nullable(z.array(z.string())),
  /** Bridge options by their sysfs name, for example `multicast_snooping`. */
  bridgeOptions: z.record(z.string(), z.string()),
  /** Absent: not shaped. */
  qos: z.optional(QosConfig),
  /** Absent: nothing is asked of the nics. */
  ethtool: z.optional(z.array(EthtoolConfig)),
});

export const BondConfig = z.object({
  /** Names of the member nics, at least one. */
  slaves: z.array(DeviceName).check(z.minLength(1)),
  /** Option name to value, as the kernel spells them; `mode` as number or name. What is not named has the kernel's default. */
  options: z.record(z.string(), z.string()),
  /** MAC of the bond; absent: the one that it has, or had before the boot, or that of a member. */
  mac: z.optional(z.string().check(z.regex(/^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i))),
});

export const HostConfig = z.object({
  bonds: z.record(z.string(), BondConfig),
  networks: z.record(z.string(), NetworkConfig),
  /** SR-IOV: nic to how many virtual functions it shall have. A nic that is not named keeps those that it has. */
  virtualFunctions: z.optional(z.record(DeviceName, z.int().check(z.minimum(0)))),
});

export type Ipv4Config = z.infer<typeof Ipv4Config>;
export type Ipv6Config = z.infer<typeof Ipv6Config>;
export type EthtoolSection = z.infer<typeof EthtoolSection>;
export type EthtoolConfig = z.infer<typeof EthtoolConfig>;
export type QosConfig = z.infer<typeof QosConfig>;
export type NetworkConfig = z.infer<typeof NetworkConfig>;
export type BondConfig = z.infer<typeof BondConfig>;
export type HostConfig = z.infer<typeof HostConfig>;

/** A host on which Patchbay owns nothing. */
export const emptyHostConfig: HostConfig = Object.freeze({ bonds: {}, networks: {} });
