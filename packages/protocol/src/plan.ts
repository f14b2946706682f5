/** A plan: what will be done to a kernel, in order, before anything is done. */
import * as z from 'zod/mini';
import { EthtoolSection } from './host-config.ts';
import { NextHop, ResolverFile } from './host-report.ts';
import { HandedDevice, ManagerClaim, ManagerFile, ManagerName } from './managers.ts';
import { Bursts } from './shaping.ts';

const Family = z.union([z.literal(4), z.literal(6)]);
const Options = z.record(z.string(), z.string());

/** Closed union. Each executor renders the kinds it knows; the preview prints one line each; the in-memory kernel applies them. */
export const KernelOp = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('link.add'),
    name: z.string(),
    type: z.enum(['bond', 'vlan', 'bridge']),
    mac: z.nullable(z.string()),
    /** VLAN only. */
    base: z.nullable(z.string()),
    vlan: z.nullable(z.int()),
    /** Bond and bridge options that must or may be given at creation. */
    options: Options,
  }),
  z.object({
    kind: z.literal('link.set'),
    name: z.string(),
    up: z.optional(z.boolean()),
    mtu: z.optional(z.int()),
    /** null releases the port. */
    master: z.optional(z.nullable(z.string())),
    mac: z.optional(z.string()),
    alias: z.optional(z.string()),
    group: z.optional(z.int()),
  }),
  z.object({ kind: z.literal('link.del'), name: z.string() }),
  /** Removes every link of the group at once; `names` says which those are. */
  z.object({ kind: z.literal('link.del-group'), group: z.int(), names: z.array(z.string()) }),
  z.object({
    kind: z.literal('addr.add'),
    device: z.string(),
    family: Family,
    address: z.string(),
    prefix: z.int(),
    /** As in {@link AddressReport}. */
    peer: z.optional(z.string()),
    noPrefixRoute: z.optional(z.boolean()),
    nodad: z.boolean(),
    /** Seconds; null for ever. */
    validFor: z.nullable(z.int()),
    /** Seconds for which it is used for what begins, where that is not as long as it is valid. */
    preferredFor: z.optional(z.int()),
  }),
  z.object({
    kind: z.literal('addr.del'),
    device: z.string(),
    family: Family,
    address: z.string(),
    prefix: z.int(),
    /** As in {@link AddressReport}; the kernel finds no address without it. */
    peer: z.optional(z.string()),
  }),
  z.object({
    kind: z.literal('route.replace'),
    family: Family,
    table: z.int(),
    destination: z.string(),
    gateway: z.nullable(z.string()),
    device: z.string(),
    /** Takes the place of gateway and device where there are several ways, of which they name the first. */
    nexthops: z.optional(z.array(NextHop)),
    metric: z.nullable(z.int()),
    /** Routing protocol; absent for a route of ours. */
    protocol: z.optional(z.string()),
    /** Preferred source address. */
    source: z.optional(z.string()),
    onlink: z.optional(z.boolean()),
    /** As in {@link RouteReport}. */
    metrics: z.optional(z.record(z.string(), z.int())),
  }),
  z.object({
    kind: z.literal('route.del'),
    family: Family,
    table: z.int(),
    destination: z.string(),
    gateway: z.nullable(z.string()),
    device: z.nullable(z.string()),
    metric: z.nullable(z.int()),
    /** Only one of this protocol; absent for any. */
    protocol: z.optional(z.string()),
  }),
  z.object({
    kind: z.literal('rule.add'),
    family: Family,
    priority: z.int(),
    from: z.nullable(z.string()),
    to: z.nullable(z.string()),
    table: z.int(),
    /** Absent for a rule of ours. */
    protocol: z.optional(z.string()),
  }),
  z.object({
    kind: z.literal('rule.del'),
    family: Family,
    priority: z.int(),
    from: z.nullable(z.string()),
    to: z.nullable(z.string()),
    table: z.int(),
  }),
  z.object({ kind: z.literal('bond.option'), name: z.string(), option: z.string(), value: z.string() }),
  z.object({ kind: z.literal('bridge.option'), name: z.string(), option: z.string(), value: z.string() }),
  /** Lets a port of a bridge without spanning tree forward at once, whatever it was waiting for. */
  z.object({ kind: z.literal('port.forward'), name: z.string() }),
  /** Key as in `/proc/sys`, with slashes: `net/ipv6/conf/eth0/disable_ipv6`. */
  z.object({ kind: z.literal('sysctl.set'), key: z.string(), value: z.string() }),
  /** Shaping at the root of a device, or fairness between the flows of one of its classes. */
  z.object({ kind: z.literal('qdisc.add'), device: z.string(), minor: z.nullable(z.int()) }),
  /** Takes the shaping of a device off, with all its classes and filters. */
  z.object({ kind: z.literal('qdisc.del'), device: z.string() }),
  /** Makes or changes a class. Bit/s; what is null stays as it was, which the kernel has no way to take back. */
  z.object({
    kind: z.literal('class.set'),
    device: z.string(),
    minor: z.int(),
    linkshare: z.nullable(z.int()),
    upperlimit: z.nullable(z.int()),
    realtime: z.nullable(z.int()),
    bursts: z.optional(Bursts),
  }),
  z.object({ kind: z.literal('class.del'), device: z.string(), minor: z.int() }),
  /** Sends the frames of a VLAN, or all that no other filter takes, to a class. */
  z.object({
    kind: z.literal('filter.add'),
    device: z.string(),
    preference: z.int(),
    vlan: z.nullable(z.int()),
    minor: z.int(),
  }),
  z.object({ kind: z.literal('filter.del'), device: z.string(), preference: z.int() }),
  /** How many virtual functions a nic has. From one number to another the way leads over 0. Done when each has its name. */
  z.object({ kind: z.literal('sriov.numvfs'), device: z.string(), count: z.int() }),
  /** Settings of a nic, by the words of ethtool. */
  z.object({ kind: z.literal('ethtool.set'), device: z.string(), section: EthtoolSection, values: Options }),
  z.object({ kind: z.literal('dhcp.start'), device: z.string(), network: z.string(), family: Family }),
  /** The server is not told: until the change is kept, the lease must stay ours to go back to. */
  z.object({ kind: z.literal('dhcp.stop'), device: z.string(), network: z.string(), family: Family }),
  /** Name servers of the host, or, where a program takes them by device, of this one. */
  z.object({ kind: z.literal('dns.set'), nameservers: z.array(z.string()), device: z.optional(z.string()) }),
  /** Puts the resolver's file back as it was: content, mode, owner, or a link; null removes it. */
  z.object({ kind: z.literal('dns.restore'), file: z.nullable(ResolverFile) }),
  /** Tells the neighbours that an address has moved (gratuitous ARP, unsolicited neighbour advertisement). */
  z.object({ kind: z.literal('neighbour.announce'), device: z.string(), family: Family, address: z.string() }),
  /** Has another manager leave devices alone, and waits until it does. */
  z.object({ kind: z.literal('manager.claim'), manager: ManagerName, claims: z.array(ManagerClaim) }),
  /** Takes back what was claimed; names and patterns as they were given. */
  z.object({ kind: z.literal('manager.release'), manager: ManagerName, devices: z.array(z.string()) }),
  /** Gives a manager files by which it keeps up what stands, ends every claim, and waits until it has taken over. */
  z.object({
    kind: z.literal('manager.hand-back'),
    manager: ManagerName,
    files: z.array(ManagerFile),
    devices: z.array(HandedDevice),
  }),
]);
export type KernelOp = z.infer<typeof KernelOp>;

export const Plan = z.object({
  ops: z.array(KernelOp),
  /** Sentences for a person: what may hurt, and whom. */
  risks: z.array(z.string()),
  /** Whether the plan touches the chain of devices that carries the connection to the engine. */
  touchesManagement: z.boolean(),
  /** Milliseconds during which the management path is expected to be dark; 0 when it is not touched. */
  expectedOutage: z.int(),
  /** Milliseconds that the path may need after the last step until it carries again, at worst; 0 when it is not touched. */
  settleTime: z.int(),
});
export type Plan = z.infer<typeof Plan>;

/** A plan as people are shown it, in the words of the agent that carries it out. */
export const PlanSummary = z.object({
  steps: z.array(z.object({ kind: z.string(), text: z.string() })),
  risks: z.array(z.string()),
  touchesManagement: z.boolean(),
  /** Milliseconds. */
  expectedOutage: z.int(),
});
export type PlanSummary = z.infer<typeof PlanSummary>;
