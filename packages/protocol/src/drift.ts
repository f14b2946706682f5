/** How a host differs from what was last asked of it, and what happened on it that nobody asked for. */
import * as z from 'zod/mini';

/** One property that is not as it was asked for. */
export const Difference = z.object({
  /** Null for what belongs to the host as a whole, such as its name servers. */
  device: z.nullable(z.string()),
  /** Network or bond that asks for it; null for what none asks for. */
  network: z.nullable(z.string()),
  /** `mtu`, `master`, `address`, `route`, `rule`, `bond.miimon`, `bridge.forward_delay`, `sysctl.ipv6/accept_ra`, `manager`, … */
  property: z.string(),
  /** Null when there should be none, or is none. */
  wanted: z.nullable(z.string()),
  actual: z.nullable(z.string()),
});

export const Drift = z.object({
  /** `missing-device`: what is there is as asked, but a device that the config names is not there. */
  state: z.enum(['in-sync', 'drifted', 'missing-device', 'unknown']),
  differences: z.array(Difference),
  /** Nics that the config names and the host does not have. */
  missing: z.array(z.string()),
  /** Why nothing can be said. */
  reason: z.optional(z.string()),
});

/**
 * What may be put right without being asked, because it cuts nothing: rules, routes and addresses that were taken away, settings
 * of devices, shaping, ports of bridges, and MTUs. Never bonds, and nothing but the first four on the way to the engine.
 */
export const RepairClass = z.enum(['rules', 'routes', 'addresses', 'sysctls', 'qdiscs', 'ports', 'mtu']);

/** Something that happened to the host by itself or by another hand. */
export const HostEvent = z.object({
  kind: z.enum([
    'link.carrier',
    'link.oper',
    'bond.activeSlaveChanged',
    'bond.slaveState',
    'lacp.partnerChanged',
    'address.acquired',
    'address.lost',
    'address.changed',
    'dhcp.state',
    'default-route.changed',
    'dad.failed',
    'device.missing',
    'device.back',
    'foreign.change',
    'foreign.undone',
    'drift.repaired',
    'drift.unrepaired',
    'lldp.changed',
  ]),
  device: z.nullable(z.string()),
  /** Network or bond that it belongs to. */
  network: z.nullable(z.string()),
  /** Sentences or words for a person; null for nothing. */
  before: z.nullable(z.string()),
  after: z.nullable(z.string()),
  /** Of the report in which it is first seen. */
  stateVersion: z.int(),
});

/** So many events are told at once. */
export const MOST_EVENTS = 1000;

export type Difference = z.infer<typeof Difference>;
export type Drift = z.infer<typeof Drift>;
export type RepairClass = z.infer<typeof RepairClass>;
export type HostEvent = z.infer<typeof HostEvent>;
