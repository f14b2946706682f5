/** What an administrator may set for the whole engine. */
export interface Settings {
  /** Largest weight of a QoS. */
  maxQosShare: number;
  /** Largest rate of a QoS, Mbit/s. */
  maxQosRate: number;
  /** Part of a nic's speed that the committed rates on it may add up to, in percent. */
  maxCommittedPercent: number;
  /** Custom properties beside `bridge_opts` and `ipv4_addrs`: name to the pattern that a whole value has to match. */
  customProperties: Readonly<Record<string, string>>;
  /** How many revisions are kept per host. */
  revisionsKept: number;
  /** How long a nic below a required network may be down before its host is taken out of service, in seconds. */
  nicDownGrace: number;
  /** Whether hosts try a change in a scratch network namespace first, unless a request says otherwise. */
  changesRehearsed: boolean;
  /** What hosts may put right by themselves when another hand has changed it; nothing: they report it. */
  repairs: readonly RepairClass[];
}

/** Kinds of repairs that cut nothing. Nothing but the first four is done on the way to the engine, and nothing to bonds at all. */
export const repairClasses = ['rules', 'routes', 'addresses', 'sysctls', 'qdiscs', 'ports', 'mtu'] as const;
export type RepairClass = (typeof repairClasses)[number];

/** oVirt's values, and its usual example of a declared property. */
export const defaultSettings: Settings = {
  maxQosShare: 100,
  maxQosRate: 17179,
  maxCommittedPercent: 75,
  customProperties: { ethtool_opts: '.*' },
  revisionsKept: 100,
  nicDownGrace: 60,
  changesRehearsed: true,
  repairs: [],
};
