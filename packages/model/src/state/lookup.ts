import type { Attachment, Network, Nic } from '../entities.ts';
import type { HostState } from '../host-state.ts';
import type { ObservedNetwork, ObservedNic } from '../observed.ts';

export type HostNetwork = HostState['networks'][number];

/** A host state by its keys. */
export interface Lookup {
  networkById: ReadonlyMap<string, HostNetwork>;
  networkByName: ReadonlyMap<string, HostNetwork>;
  networkByVdsmName: ReadonlyMap<string, HostNetwork>;
  otherNetworkById: ReadonlyMap<string, Network>;
  otherNetworkByName: ReadonlyMap<string, Network>;
  nicById: ReadonlyMap<string, Nic>;
  nicByName: ReadonlyMap<string, Nic>;
  /** Names of plain nics that something still wants but the host no longer reports. */
  vanishedNics: ReadonlySet<string>;
  attachmentById: ReadonlyMap<string, Attachment>;
  attachmentByNetworkId: ReadonlyMap<string, Attachment>;
  /** Slave to the bond it belongs to now. */
  bondOfSlave: ReadonlyMap<string, Nic>;
  nicOfLabel: ReadonlyMap<string, Nic>;
  networksByLabel: ReadonlyMap<string, HostNetwork[]>;
  observedNic: ReadonlyMap<string, ObservedNic>;
  observedNetwork: ReadonlyMap<string, ObservedNetwork>;
  /** Reported networks that the cluster does not have. */
  unmanaged: ReadonlyMap<string, ObservedNetwork>;
  /** The network the cluster wants the default route on. */
  defaultRouteNetwork: HostNetwork | null;
  /** Host-side name of the network that has it now. */
  observedDefaultRoute: string | null;
}

const known = new WeakMap<HostState, Lookup>();

/**
 * The state by its keys, worked out once per state, so that judging a host with hundreds of networks stays linear.
 * A state handed to the model must not be changed afterwards.
 */
export function lookup(state: HostState): Lookup {
  const before = known.get(state);
  if (before) return before;
  const made = build(state);
  known.set(state, made);
  return made;
}

function build(state: HostState): Lookup {
  const networkByVdsmName = by(state.networks, (n) => n.vdsmName);
  const observedNic = by(state.observed?.nics ?? [], (n) => n.name);
  return {
    networkById: by(state.networks, (n) => n.id),
    networkByName: by(state.networks, (n) => n.name),
    networkByVdsmName,
    otherNetworkById: by(state.otherNetworks, (n) => n.id),
    otherNetworkByName: by(state.otherNetworks, (n) => n.name),
    nicById: by(state.nics, (n) => n.id),
    nicByName: by(state.nics, (n) => n.name),
    vanishedNics: new Set(
      state.nics.flatMap((n) => (state.observed && n.kind === 'nic' && !observedNic.has(n.name) ? n.name : [])),
    ),
    attachmentById: by(state.attachments, (a) => a.id),
    attachmentByNetworkId: by(state.attachments, (a) => a.networkId),
    bondOfSlave: new Map(
      state.nics.flatMap((nic) => {
        const bond = nic.kind === 'bond' ? (nic.bond ?? observedNic.get(nic.name)?.bond) : null;
        return (bond?.slaves ?? []).map((slave) => [slave, nic] as const);
      }),
    ),
    nicOfLabel: new Map(state.nics.flatMap((nic) => nic.labels.map((label) => [label, nic]))),
    networksByLabel: groupBy(
      state.networks.filter((n) => n.label !== null),
      (n) => n.label ?? '',
    ),
    observedNic,
    observedNetwork: by(state.observed?.networks ?? [], (n) => n.vdsmName),
    unmanaged: by(
      (state.observed?.networks ?? []).filter((n) => !networkByVdsmName.has(n.vdsmName)),
      (n) => n.vdsmName,
    ),
    defaultRouteNetwork: state.networks.find((n) => n.assignment.roles.defaultRoute) ?? null,
    observedDefaultRoute: state.observed?.networks.find((n) => n.defaultRoute)?.vdsmName ?? null,
  };
}

function by<T>(items: readonly T[], key: (item: T) => string): Map<string, T> {
  return new Map(items.map((item) => [key(item), item]));
}

/** Items in lists by key, in the order they came. */
export function groupBy<T>(items: Iterable<T>, key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
