/** The fields of every collection that can be searched (wire 7). */
import type { Cluster, ClusterNetwork, DataCentre, Host, Network, Nic } from '@patchbay/model';
import type { Job, User } from '../../store/index.ts';
import { derived, field, none, related, type Table, unknown } from './table.ts';

export const version = '4.8';

const named = <T extends { id: string; name: string; comment: string }>() => ({
  name: field<T>('text', (item) => item.name),
  comment: field<T>('text', (item) => item.comment),
  id: field<T>('text', (item) => item.id),
});

/** How a cluster uses a network. */
const assignments: Table<ClusterNetwork> = {
  name: 'cluster networks',
  fields: {
    name: derived('text', ['network'], (a, lists) => lists.byId('network', a.networkId)?.name),
    network_name: derived('text', ['network'], (a, lists) => lists.byId('network', a.networkId)?.name),
    cluster_name: derived('text', ['cluster'], (a, lists) => lists.byId('cluster', a.clusterId)?.name),
    required: field('boolean', (a) => a.required),
    display: field('boolean', (a) => a.roles.display),
    migration: field('boolean', (a) => a.roles.migration),
    management: field('boolean', (a) => a.roles.management),
    gluster: field('boolean', (a) => a.roles.gluster),
    default_route: field('boolean', (a) => a.roles.defaultRoute),
  },
  objects: {},
};

/** A network on a host. */
const attachments: Table<{ networkId: string; hostId: string }> = {
  name: 'host networks',
  fields: {
    name: derived('text', ['host'], (a, lists) => lists.byId('host', a.hostId)?.name),
    host_name: derived('text', ['host'], (a, lists) => lists.byId('host', a.hostId)?.name),
    network_name: derived('text', ['network'], (a, lists) => lists.byId('network', a.networkId)?.name),
  },
  objects: {},
};

const nics: Table<Nic> = {
  name: 'nics',
  fields: {
    name: field('text', (nic) => nic.name),
    label: { kind: 'text', needs: [], of: (nic) => nic.labels },
    vlanid: field('number', (nic) => nic.vlan),
    network_name: derived('text', ['attachment', 'network'], (nic, lists) =>
      lists.where('attachment', 'nicId', nic.id).map((a) => lists.byId('network', a.networkId)?.name),
    ),
    ...unknown('mac', 'speed', 'status', 'mtu'),
  },
  objects: {},
};

export const dataCentres: Table<DataCentre> = {
  name: 'data centres',
  fields: {
    ...named(),
    description: field('text', (d) => d.description),
    local: field('boolean', (d) => d.local),
    status: field('text', () => 'up'),
    compatibility_version: field('text', () => version),
  },
  objects: {
    clusters: related(
      () => clusters,
      ['cluster'],
      (d, lists) => lists.where('cluster', 'dataCentreId', d.id),
    ),
    network: related(
      () => networks,
      ['network'],
      (d, lists) => lists.where('network', 'dataCentreId', d.id),
    ),
    storage: none,
  },
};

export const clusters: Table<Cluster> = {
  name: 'clusters',
  fields: {
    ...named(),
    description: field('text', (c) => c.description),
    compatibility_level: field('text', () => version),
    datacenter: derived('text', ['data_centre'], (c, lists) => lists.byId('data_centre', c.dataCentreId)?.name),
    ...unknown('architecture', 'cpu_type'),
  },
  objects: {
    datacenter: related(
      () => dataCentres,
      ['data_centre'],
      (c, lists) => [lists.byId('data_centre', c.dataCentreId)],
    ),
    cluster_network: related(
      () => assignments,
      ['cluster_network'],
      (c, lists) => lists.where('cluster_network', 'clusterId', c.id),
    ),
    storage: none,
  },
};

export const networks: Table<Network> = {
  name: 'networks',
  fields: {
    ...named(),
    description: field('text', (n) => n.description),
    vlanid: field('number', (n) => n.vlan),
    stp: field('boolean', (n) => n.stp),
    mtu: field('number', (n) => n.mtu),
    vmnetwork: field('boolean', (n) => n.vm),
    datacenter: derived('text', ['data_centre'], (n, lists) => lists.byId('data_centre', n.dataCentreId)?.name),
    label: field('text', (n) => n.label),
    qos_name: derived('text', ['qos'], (n, lists) => (n.qosId === null ? '' : lists.byId('qos', n.qosId)?.name)),
    ...unknown('provider_name'),
  },
  objects: {
    cluster_network: related(
      () => assignments,
      ['cluster_network'],
      (n, lists) => lists.where('cluster_network', 'networkId', n.id),
    ),
    host_network: related(
      () => attachments,
      ['attachment'],
      (n, lists) => lists.where('attachment', 'networkId', n.id),
    ),
    datacenter: related(
      () => dataCentres,
      ['data_centre'],
      (n, lists) => [lists.byId('data_centre', n.dataCentreId)],
    ),
    provider: none,
  },
};

export const hosts: Table<Host> = {
  name: 'hosts',
  fields: {
    ...named(),
    // oVirt shows `non_operational`, and finds it as `nonoperational`.
    status: { kind: 'text', needs: [], of: (h) => [h.status, h.status.replaceAll('_', '')] },
    external_status: field('text', () => 'ok'),
    cluster: derived('text', ['cluster'], (h, lists) => lists.byId('cluster', h.clusterId)?.name),
    datacenter: derived('text', ['cluster', 'data_centre'], (h, lists) => {
      const cluster = lists.byId('cluster', h.clusterId);
      return cluster && lists.byId('data_centre', cluster.dataCentreId)?.name;
    }),
    address: field('text', (h) => h.address),
    tag: derived('text', ['kept'], (h, lists) =>
      lists
        .where('kept', 'owner', h.id)
        .flatMap((one) => (one.type === 'host_tag' ? [lists.byId('kept', one.name)?.name] : [])),
    ),
    type: field('text', () => 'rhel'),
    update_available: field('boolean', () => false),
    ...unknown(
      'cpu_usage',
      'mem_usage',
      'network_usage',
      'load',
      'version',
      'cpus',
      'memory',
      'cpu_speed',
      'cpu_model',
    ),
    ...unknown('active_vms', 'migrating_vms', 'committed_mem', 'architecture', 'ha_score', 'spm_id', 'hw_id'),
  },
  objects: {
    nic: related(
      () => nics,
      ['nic'],
      (h, lists) => lists.where('nic', 'hostId', h.id),
    ),
    cluster: related(
      () => clusters,
      ['cluster'],
      (h, lists) => [lists.byId('cluster', h.clusterId)],
    ),
    ...{ vms: none, templates: none, events: none, users: none, storage: none },
  },
};

export const users: Table<User> = {
  name: 'users',
  fields: {
    name: field('text', (u) => u.name.replace(/@[^@]*$/, '')),
    // With and without the suffix that oVirt gives the name of a profile.
    usrname: { kind: 'text', needs: [], of: (u) => [u.name, `${u.name}-authz`, u.name.replace(/@[^@]*$/, '')] },
    id: field('text', (u) => u.id),
    domain: field('text', (u) => u.name.replace(/^.*@/, '')),
    ...unknown('lastname', 'department', 'email', 'title', 'role', 'tag', 'pool', 'type', 'directory', 'vmnetwork'),
  },
  objects: { hosts: none, vms: none, events: none, templates: none },
};

export const jobs: Table<Job> = {
  name: 'jobs',
  fields: {
    description: field('text', (j) => j.description),
    status: field('text', (j) => j.status),
    correlation_id: field('text', (j) => j.correlationId),
    start_time: field('time', (j) => j.started),
    end_time: field('time', (j) => j.ended),
    last_updated: field('time', (j) => j.updated),
    id: field('text', (j) => j.id),
    usrname: derived('text', ['app_user'], (j, lists) =>
      j.userId === null ? '' : lists.byId('app_user', j.userId)?.name,
    ),
  },
  objects: {},
};
