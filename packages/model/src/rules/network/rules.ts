/** Rules of a data centre's networks (rules §3.10), in the order in which oVirt checks. */
import ipaddr from 'ipaddr.js';
import type { ClusterNetwork, Network } from '../../entities.ts';
import type { Violation } from '../../violation.ts';
import { checkAll, defineRule, group } from '../rule.ts';

/** A network as it shall be, what it was, and what stands beside it. */
export interface NetworkSubject {
  wanted: Network;
  /** Null for a new one. */
  stored: Network | null;
  /** All of the data centre, the stored one included. */
  networks: readonly Network[];
  /** Names of the hosts that have it attached. */
  usedBy(networkId: string): readonly string[];
}

const nothing = { path: null };
const others = ({ wanted, networks }: NetworkSubject) => networks.filter((n) => n.id !== wanted.id);

export const net02NameLength = defineRule({
  id: 'NET-02',
  key: 'OHN_NET_02',
  status: 400,
  sentence: 'The network name must have 1 to 256 characters, got {count}; choose another name.',
  find: ({ wanted: { name } }: NetworkSubject) =>
    name.trim().length >= 1 && name.length <= 256 ? [] : [{ ...nothing, values: { count: name.length } }],
});

export const net06VlanRange = defineRule({
  id: 'NET-06',
  key: 'NETWORK_VLAN_OUT_OF_RANGE',
  status: 400,
  sentence: 'The VLAN id of {name} must be 0 to 4094, got {vlan}.',
  find: ({ wanted: { name, vlan } }: NetworkSubject) =>
    vlan === null || (vlan >= 0 && vlan <= 4094) ? [] : [{ ...nothing, values: { name, vlan } }],
});

export const net07MtuRange = defineRule({
  id: 'NET-07',
  key: 'MTU_VALUE_INVALID',
  status: 400,
  sentence: 'The MTU of {name} must be 0 (the default of 1500) or 68 to 65535, got {mtu}.',
  find: ({ wanted: { name, mtu } }: NetworkSubject) =>
    mtu === 0 || (mtu >= 68 && mtu <= 65535) ? [] : [{ ...nothing, values: { name, mtu } }],
});

export const net12SameDataCentre = defineRule({
  id: 'NET-12',
  key: 'ACTION_TYPE_FAILED_DATA_CENTER_ID_CANNOT_BE_CHANGED',
  status: 400,
  sentence: 'Network {name} cannot change its data centre; make one in the other data centre instead.',
  find: ({ wanted, stored }: NetworkSubject) =>
    stored === null || stored.dataCentreId === wanted.dataCentreId
      ? []
      : [{ ...nothing, values: { name: stored.name } }],
});

export const net11PortIsolationFixed = defineRule({
  id: 'NET-11',
  key: 'ACTION_TYPE_FAILED_NETWORK_PORT_ISOLATION_CANNOT_BE_CHANGED',
  status: 400,
  sentence: 'Port isolation of {name} is fixed at creation; make a new network for it.',
  find: ({ wanted, stored }: NetworkSubject) =>
    stored === null || stored.portIsolation === wanted.portIsolation
      ? []
      : [{ ...nothing, values: { name: stored.name } }],
});

export const net08StpNeedsBridge = defineRule({
  id: 'NET-08',
  key: 'NON_VM_NETWORK_CANNOT_SUPPORT_STP',
  status: 409,
  sentence: 'Spanning tree needs a VM network, and {name} is none; add the usage vm or switch stp off.',
  find: ({ wanted: { name, stp, vm } }: NetworkSubject) => (stp && !vm ? [{ ...nothing, values: { name } }] : []),
});

export const net09IsolationNeedsBridge = defineRule({
  id: 'NET-09',
  key: 'NON_VM_NETWORK_CANNOT_SUPPORT_PORT_ISOLATION',
  status: 409,
  sentence: 'Port isolation needs a VM network, and {name} is none; add the usage vm.',
  find: ({ wanted: { name, portIsolation, vm } }: NetworkSubject) =>
    portIsolation && !vm ? [{ ...nothing, values: { name } }] : [],
});

export const net03NoBondName = defineRule({
  id: 'NET-03',
  key: 'NETWORK_CANNOT_CONTAIN_BOND_NAME',
  status: 400,
  sentence: 'A network name may not start with "bond", as {name} does; choose another name.',
  find: ({ wanted: { name } }: NetworkSubject) => (/^bond/i.test(name) ? [{ ...nothing, values: { name } }] : []),
});

export const net04NameFree = defineRule({
  id: 'NET-04',
  key: 'ACTION_TYPE_FAILED_NETWORK_NAME_IN_USE',
  status: 409,
  sentence: 'Network {name} exists already in this data centre; choose another name.',
  find: (subject: NetworkSubject) =>
    others(subject).some((n) => n.name === subject.wanted.name)
      ? [{ ...nothing, values: { name: subject.wanted.name } }]
      : [],
});

export const net05NameIsNoHostName = defineRule({
  id: 'NET-05',
  key: 'NETWORK_NAME_USED_AS_VDSM_NETWORK_NAME',
  status: 400,
  sentence: '{name} is the host-side name of network {other}; choose another name.',
  find: (subject: NetworkSubject) =>
    others(subject)
      .filter((n) => n.vdsmName === subject.wanted.name && n.name !== subject.wanted.name)
      .map((n) => ({ ...nothing, values: { name: subject.wanted.name, other: n.name } })),
});

export const net15RenameOnlyUnused = defineRule({
  id: 'NET-15',
  key: 'ACTION_TYPE_FAILED_NETWORK_IN_ONE_USE',
  status: 409,
  sentence: '{name} cannot be renamed while hosts use it: {hosts}; detach it there first.',
  find: ({ wanted, stored, usedBy }: NetworkSubject) => {
    if (stored === null || stored.name === wanted.name) return [];
    const hosts = usedBy(stored.id);
    return hosts.length === 0 ? [] : [{ ...nothing, values: { name: stored.name, hosts: hosts.join(', ') } }];
  },
});

export const netDns01AtMostThree = defineRule({
  id: 'DNS-01',
  key: 'VALIDATION_NAME_SERVERS_SIZE',
  status: 400,
  sentence: 'Network {name}: between 1 and 3 name servers may be given, got {count}.',
  find: ({ wanted: { name, nameservers } }: NetworkSubject) =>
    nameservers === null || (nameservers.length >= 1 && nameservers.length <= 3)
      ? []
      : [{ ...nothing, values: { name, count: nameservers.length } }],
});

export const netDns02Addresses = defineRule({
  id: 'DNS-02',
  key: 'BAD_IPV4_OR_IPV6_ADDRESS_FORMAT',
  status: 400,
  sentence: 'Network {name}: {value} is not an IP address; name servers are given by address.',
  find: ({ wanted: { name, nameservers } }: NetworkSubject) =>
    (nameservers ?? []).filter((value) => !isAddress(value)).map((value) => ({ ...nothing, values: { name, value } })),
});

function isAddress(value: string): boolean {
  return value.includes(':') ? ipaddr.IPv6.isValid(value) : ipaddr.IPv4.isValidFourPartDecimal(value);
}

export interface NetworkRemovalSubject {
  network: Network;
  /** Its assignments to clusters. */
  assignments: readonly ClusterNetwork[];
}

export const net16NotManagement = defineRule({
  id: 'NET-16',
  key: 'NETWORK_CANNOT_REMOVE_MANAGEMENT_NETWORK',
  status: 400,
  sentence:
    '{name} is the management network of a cluster and cannot be deleted; give that role to another network first.',
  find: ({ network, assignments }: NetworkRemovalSubject) =>
    assignments.some((a) => a.roles.management) ? [{ ...nothing, values: { name: network.name } }] : [],
});

export const networkGroups = [
  group({
    title: 'Networks',
    subjects: (subject: NetworkSubject) => [subject],
    rules: [
      net02NameLength,
      net06VlanRange,
      net07MtuRange,
      netDns01AtMostThree,
      netDns02Addresses,
      net12SameDataCentre,
      net11PortIsolationFixed,
      net08StpNeedsBridge,
      net09IsolationNeedsBridge,
      net03NoBondName,
      net04NameFree,
      net05NameIsNoHostName,
      net15RenameOnlyUnused,
    ],
  }),
];

export const networkRemovalGroups = [
  group({
    title: 'Deleting networks',
    subjects: (subject: NetworkRemovalSubject) => [subject],
    rules: [net16NotManagement],
  }),
];

/** All that speaks against creating or changing a network. */
export function validateNetwork(subject: NetworkSubject): Violation[] {
  return checkAll(networkGroups, subject);
}

/** All that speaks against deleting a network. */
export function validateNetworkRemoval(subject: NetworkRemovalSubject): Violation[] {
  return checkAll(networkRemovalGroups, subject);
}
