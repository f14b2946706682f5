/** Requests in the API's words become change sets (rules 2.2), and back. What was not sent stays unsaid. */
import {
  type AttachmentChange,
  type BondChange,
  type ChangeSet,
  emptyChangeSet,
  type IpAssignment,
  type IpAssignments,
  type Ipv4Method,
  type Ipv6Method,
  type Ref,
  type VfChange,
} from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { Problem } from '../problem.ts';
import { assignmentToWire } from './attachment.ts';
import { qosFromWire, qosToWire } from './qos.ts';

export function changeSetFromAction(action: ApiObject<'action'>): ChangeSet | Problem {
  const changeSet = emptyChangeSet();
  for (const [i, entry] of (action.modified_network_attachments ?? []).entries()) {
    const change = attachmentChange(entry, `modified_network_attachments[${i}]`);
    if (change instanceof Problem) return change;
    changeSet.attachments.push(change);
  }
  changeSet.removedAttachments = (action.removed_network_attachments ?? []).map((entry, i) => ({
    id: entry.id ?? null,
    network: ref(entry.network),
    path: `removed_network_attachments[${i}]`,
  }));
  changeSet.synchronized = (action.synchronized_network_attachments ?? []).map((entry, i) => ({
    id: entry.id ?? null,
    path: `synchronized_network_attachments[${i}]`,
  }));
  changeSet.bonds = (action.modified_bonds ?? []).map((entry, i) => bondChange(entry, `modified_bonds[${i}]`));
  changeSet.removedBonds = (action.removed_bonds ?? []).map((entry, i) => ({
    id: entry.id ?? null,
    name: entry.name ?? null,
    path: `removed_bonds[${i}]`,
  }));
  changeSet.labels = (action.modified_labels ?? []).map((entry, i) => ({
    label: entry.id ?? '',
    nic: ref(entry.host_nic),
    path: `modified_labels[${i}]`,
  }));
  changeSet.removedLabels = (action.removed_labels ?? []).map((entry, i) => ({
    label: entry.id ?? '',
    path: `removed_labels[${i}]`,
  }));
  changeSet.checkConnectivity = action.check_connectivity ?? true;
  changeSet.connectivityTimeout = action.connectivity_timeout ?? changeSet.connectivityTimeout;
  changeSet.commitOnSuccess = action.commit_on_success ?? false;
  changeSet.force = action.force ?? false;
  return changeSet;
}

export function attachmentChange(entry: ApiObject<'network_attachment'>, path: string): AttachmentChange | Problem {
  const ip = entry.ip_address_assignments === undefined ? undefined : ipAssignments(entry.ip_address_assignments, path);
  if (ip instanceof Problem) return ip;
  const { properties, qos } = entry;
  const dns = entry.dns_resolver_configuration;
  return {
    id: entry.id ?? null,
    network: ref(entry.network),
    nic: ref(entry.host_nic),
    ...(ip === undefined ? {} : { ip }),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(properties.map((p) => [p.name ?? '', p.value ?? ''])) }),
    ...(qos === undefined ? {} : { qos: qosFromWire(qos) }),
    ...(dns === undefined ? {} : { nameservers: dns.name_servers?.length ? dns.name_servers : null }),
    override: entry.override_configuration ?? false,
    path,
  };
}

export function bondChange(entry: ApiObject<'host_nic'>, path: string): BondChange {
  const slaves = entry.bonding?.slaves;
  const options = entry.bonding?.options;
  return {
    id: entry.id ?? null,
    name: entry.name ?? null,
    // A slave given by name and id goes by its name (wire 5.2); one with neither is skipped.
    ...(slaves === undefined
      ? {}
      : {
          slaves: slaves.flatMap((s): Ref[] =>
            s.name !== undefined ? [{ id: null, name: s.name }] : s.id !== undefined ? [{ id: s.id, name: null }] : [],
          ),
        }),
    ...(options === undefined
      ? {}
      : {
          options: options.flatMap((o) => (o.name && o.value !== undefined ? [{ name: o.name, value: o.value }] : [])),
        }),
    path,
  };
}

function ref(link: { id?: string | undefined; name?: string | undefined } | undefined): Ref | null {
  if (link === undefined || (link.id === undefined && link.name === undefined)) return null;
  return { id: link.id ?? null, name: link.name ?? null };
}

/** The version is the explicit one, else guessed from the address, else IPv4 (rules 1.1). */
function ipAssignments(entries: ApiObject<'ip_address_assignment'>[], path: string): IpAssignments | Problem {
  const result: IpAssignments = { ipv4: [], ipv6: [] };
  for (const [i, { assignment_method: method, ip }] of entries.entries()) {
    const here = `${path}.ip_address_assignments[${i}]`;
    const version = ip?.version ?? (ip?.address?.includes(':') ? 'v6' : 'v4');
    const parts = { address: text(ip?.address), netmask: text(ip?.netmask), gateway: text(ip?.gateway) };
    if (version === 'v6') {
      const assignment: IpAssignment<Ipv6Method> = { method: method ?? null, ...parts };
      result.ipv6.push(assignment);
    } else if (method === 'autoconf' || method === 'poly_dhcp_autoconf') {
      return new Problem(
        400,
        'REQ-08',
        'Invalid value',
        `${here}: ${method} does not exist for IPv4; use none, dhcp or static.`,
      );
    } else {
      const assignment: IpAssignment<Ipv4Method> = { method: method ?? null, ...parts };
      result.ipv4.push(assignment);
    }
  }
  return result;
}

/** Clients send empty elements where they mean nothing. */
function text(value: string | undefined): string | null {
  return value === undefined || value === '' ? null : value;
}

/**
 * The inverse of {@link changeSetFromAction}, without that for which an action has no word: removals of unmanaged networks, and
 * virtual functions of more nics than the one that it is sent to.
 */
export function changeSetToAction(changeSet: ChangeSet): ApiObject<'action'> {
  const { attachments, bonds, labels, removedAttachments, removedBonds, removedLabels, synchronized } = changeSet;
  const overriding = attachments.flatMap(({ id, override }) => (id !== null && override ? [{ id }] : []));
  return {
    check_connectivity: changeSet.checkConnectivity,
    commit_on_success: changeSet.commitOnSuccess,
    connectivity_timeout: changeSet.connectivityTimeout,
    ...(changeSet.force ? { force: true } : {}),
    modified_bonds: bonds.map(bondToWire),
    modified_labels: labels.map(({ label, nic }) => ({ id: label, ...linkOf('host_nic', nic) })),
    modified_network_attachments: attachments.map(attachmentChangeToWire),
    removed_bonds: removedBonds.map(({ id, name }) => known({ id, name })),
    removed_labels: removedLabels.map(({ label }) => ({ id: label })),
    removed_network_attachments: removedAttachments.map(({ id, network }) => ({
      ...known({ id, name: null }),
      ...linkOf('network', network),
    })),
    synchronized_network_attachments: [
      ...overriding,
      ...synchronized.flatMap(({ id }) => (id === null ? [] : [{ id }])),
    ],
    ...functionsToWire(changeSet.virtualFunctions),
  };
}

function functionsToWire([change, ...others]: readonly VfChange[]): Partial<ApiObject<'action'>> {
  if (change === undefined || others.length > 0) return {};
  const { count, allNetworksAllowed } = change;
  return {
    virtual_functions_configuration: {
      ...(allNetworksAllowed === undefined ? {} : { all_networks_allowed: allNetworksAllowed }),
      ...(count === undefined ? {} : { number_of_virtual_functions: count }),
    },
  };
}

function attachmentChangeToWire(change: AttachmentChange): ApiObject<'network_attachment'> {
  const { id, ip, nameservers, network, nic, properties, qos } = change;
  return {
    ...known({ id, name: null }),
    ...(nameservers === undefined ? {} : { dns_resolver_configuration: { name_servers: nameservers ?? [] } }),
    ...(ip === undefined
      ? {}
      : {
          ip_address_assignments: [
            ...ip.ipv4.map((one) => assignmentToWire(one, 'v4')),
            ...ip.ipv6.map((one) => assignmentToWire(one, 'v6')),
          ],
        }),
    ...(properties === undefined
      ? {}
      : { properties: Object.entries(properties).map(([name, value]) => ({ name, value })) }),
    ...linkOf('host_nic', nic),
    ...linkOf('network', network),
    ...(qos === undefined || qos === null ? {} : { qos: qosToWire(qos) }),
  };
}

function bondToWire({ id, name, options, slaves }: BondChange): ApiObject<'host_nic'> {
  return {
    ...known({ id, name }),
    bonding: {
      ...(options === undefined ? {} : { options }),
      ...(slaves === undefined ? {} : { slaves: slaves.map(known) }),
    },
  };
}

function known({ id, name }: Ref): { id?: string; name?: string } {
  return { ...(id === null ? {} : { id }), ...(name === null ? {} : { name }) };
}

function linkOf<K extends 'host_nic' | 'network'>(member: K, ref: Ref | null) {
  const said = known(ref ?? { id: null, name: null });
  return Object.keys(said).length === 0 ? {} : ({ [member]: said } as Record<K, typeof said>);
}
