/**
 * Everything that is served, once: the engine serves nothing else, its OpenAPI document describes it, and the client is
 * made of it. A key is the name of a service or of an operation; in lower case it is the segment of the address, except
 * for `list` and `add` of a collection, and `get`, `update` and `remove` of an entity, which have no segment of their own.
 * Below `id` is one entity of the collection.
 */
import {
  act,
  actLikeUpdate,
  add,
  addLikeAction,
  atHost,
  get,
  hostAction,
  hostChange,
  list,
  type Operation,
  remove,
  rollout,
  searching,
  update,
} from './operation.ts';

/** A service: its operations, what is below it, and in an entity the name that its id has in paths. */
export interface Service {
  readonly [name: string]: Operation | Service | string;
}

const permissions = { list: list('permission') };

const statistics = {
  list: list('statistic'),
  id: { parameter: 'statistic', get: get('statistic') },
};

/** The attachments of a host, or of one nic of it: the same entities under two addresses. */
const networkAttachments = {
  list: list('network_attachment'),
  add: add('network_attachment', ...hostChange),
  id: {
    parameter: 'attachment',
    get: get('network_attachment'),
    /** Members that are sent replace; a `host_nic` moves the attachment, and its id stays. */
    update: update('network_attachment', ...hostChange, 'override_configuration'),
    remove: remove(...hostChange),
  },
};

const nics = {
  list: list('host_nic'),
  /** Makes a bond. */
  add: add('host_nic', ...hostChange),
  id: {
    parameter: 'nic',
    get: get('host_nic'),
    /** Changes a bond. */
    update: update('host_nic', ...hostChange),
    /** Removes a bond with everything on it. */
    remove: remove(...hostChange),
    networkAttachments,
    /** Labels of the nic; a label brings the networks that carry it. */
    networkLabels: {
      list: list('network_label'),
      add: add('network_label', ...hostChange),
      id: { parameter: 'label', get: get('network_label'), remove: remove(...hostChange) },
    },
    updateVirtualFunctionsConfiguration: act(
      'Sets how many virtual functions the nic has (SR-IOV), and whether every network may use them.',
      ...hostAction,
    ),
    /** Networks that may use the virtual functions of the nic, while not every one may. */
    virtualFunctionAllowedNetworks: {
      list: list('network'),
      add: addLikeAction('network', ...hostChange),
      id: { parameter: 'network', get: get('network'), remove: remove(...hostChange) },
    },
    /** The same by labels: networks that carry one of these may use them. */
    virtualFunctionAllowedLabels: {
      list: list('network_label'),
      add: add('network_label', ...hostChange),
      id: { parameter: 'label', get: get('network_label'), remove: remove(...hostChange) },
    },
    statistics,
    /** What the neighbour of the nic tells about itself. */
    linkLayerDiscoveryProtocolElements: { list: list('link_layer_discovery_protocol_element') },
  },
};

/** Every change that the host has kept, newest first. An id is a number. */
const revisions = {
  list: list('host_revision'),
  id: {
    parameter: 'revision',
    get: get('host_revision', 'since'),
    revert: act('Goes back to what was wished then, as a change like any other.', ...hostAction),
  },
};

const hosts = {
  list: list('host', ...searching),
  add: add('host'),
  id: {
    parameter: 'host',
    get: get('host'),
    update: update('host', ...rollout),
    remove: remove('force'),
    activate: act('Takes the host into service.'),
    deactivate: act('Takes the host out of service.'),
    /** The body has what is modified, removed and synchronized, and the options of the change; all else stays. */
    setupNetworks: actLikeUpdate('Changes bonds, attachments and labels in one transaction.', ...hostAction),
    hostSetupNetworks: actLikeUpdate('Another name of setupnetworks.', ...hostAction),
    syncAllNetworks: act('Makes every network that is out of sync equal to the engine again.', ...hostAction),
    /** The body names the `source_host`. */
    copyHostNetworks: act('Gives the host the networks of another.', ...hostAction, 'include', 'nics'),
    commitNetConfig: act('Keeps the networks as they are now for the next boot.', ...atHost),
    refresh: act('Reads what the host looks like now.', ...atHost),
    nics,
    networkAttachments,
    revisions,
    /** Networks found on the host that the engine does not know. */
    unmanagedNetworks: {
      list: list('unmanaged_network'),
      id: { parameter: 'id', get: get('unmanaged_network'), remove: remove(...hostChange) },
    },
    statistics,
    tags: {
      list: list('tag'),
      add: add('tag'),
      id: { parameter: 'tag', get: get('tag'), remove: remove() },
    },
    permissions,
  },
};

const vnicProfiles = {
  list: list('vnic_profile'),
  add: add('vnic_profile'),
};

const networkAsSuch = {
  get: get('network'),
  update: update('network', ...rollout),
  remove: remove(...rollout),
};

const networks = {
  list: list('network', ...searching),
  add: add('network'),
  id: {
    parameter: 'network',
    ...networkAsSuch,
    /** A network has one label at most. */
    networkLabels: {
      list: list('network_label'),
      add: add('network_label', ...rollout),
      id: { parameter: 'label', get: get('network_label'), remove: remove(...rollout) },
    },
    vnicProfiles: { ...vnicProfiles, id: { parameter: 'kept', get: get('vnic_profile'), remove: remove() } },
    permissions,
  },
};

const cluster = { get: get('cluster'), update: update('cluster', ...rollout), remove: remove() };

const clusters = {
  list: list('cluster', ...searching),
  add: add('cluster'),
  id: {
    parameter: 'cluster',
    ...cluster,
    syncAllNetworks: act('Makes every network of every host equal to the engine again.', ...rollout),
    /** The networks that the cluster uses, with their roles in it. */
    networks: {
      list: list('network'),
      add: add('network', ...rollout),
      id: { parameter: 'network', ...networkAsSuch },
    },
    networkFilters: { list: list('network_filter') },
    externalNetworkProviders: { list: list('external_provider') },
    permissions,
  },
};

const dataCenters = {
  list: list('data_center', ...searching),
  add: add('data_center'),
  id: {
    parameter: 'id',
    get: get('data_center'),
    update: update('data_center'),
    remove: remove(),
    clusters: { list: list('cluster'), add: add('cluster'), id: { parameter: 'cluster', ...cluster } },
    networks: { list: list('network'), add: add('network'), id: { parameter: 'network', ...networkAsSuch } },
    /** Named QoS. */
    qoss: {
      list: list('qos'),
      add: add('qos'),
      id: {
        parameter: 'qos',
        get: get('qos'),
        update: update('qos', ...rollout),
        remove: remove(...rollout),
      },
    },
    iscsiBonds: { list: list('iscsi_bond') },
    storageDomains: { list: list('storage_domain') },
    permissions,
  },
};

const jobs = {
  list: list('job', ...searching),
  add: add('job'),
  id: {
    parameter: 'job',
    get: get('job'),
    end: act('Ends a job: of a client as the body says, of the engine by beginning no more hosts.'),
    clear: act('Forgets the job.'),
    resume: act('Tries the hosts again that have not followed.'),
    steps: {
      list: list('step'),
      add: add('step'),
      id: { parameter: 'step', get: get('step'), end: act('Ends the step of a client as the body says.') },
    },
  },
};

export const services = {
  get: get('api'),
  hosts,
  networks,
  clusters,
  dataCenters,
  vnicProfiles: {
    ...vnicProfiles,
    id: {
      parameter: 'kept',
      get: get('vnic_profile'),
      update: update('vnic_profile'),
      remove: remove(),
      permissions,
    },
  },
  macPools: {
    list: list('mac_pool'),
    add: add('mac_pool'),
    id: { parameter: 'kept', get: get('mac_pool'), update: update('mac_pool'), remove: remove(), permissions },
  },
  tags: {
    list: list('tag'),
    add: add('tag'),
    id: { parameter: 'kept', get: get('tag'), update: update('tag'), remove: remove() },
  },
  events: {
    /** Newest first. */
    list: list('event', ...searching, 'from'),
    add: add('event'),
    undelete: act('Brings back the events that were removed.'),
    id: { parameter: 'event', get: get('event'), remove: remove() },
  },
  jobs,
  users: { list: list('user', ...searching), id: { parameter: 'user', get: get('user') } },
  permissions,
  roles: { list: list('role'), id: { parameter: 'id', get: get('role') } },
  /** Settings of the engine, by name. */
  options: { id: { parameter: 'option', get: get('system_option', 'version') } },
  networkFilters: { list: list('network_filter'), id: { parameter: 'id', get: get('network_filter') } },
  schedulingPolicies: { list: list('scheduling_policy'), id: { parameter: 'id', get: get('scheduling_policy') } },
  clusterLevels: { list: list('cluster_level'), id: { parameter: 'id', get: get('cluster_level') } },
  affinityLabels: { list: list('affinity_label') },
  bookmarks: { list: list('bookmark') },
  disks: { list: list('disk') },
  groups: { list: list('group') },
  instanceTypes: { list: list('instance_type') },
  openstackNetworkProviders: { list: list('openstack_network_provider') },
  storageDomains: { list: list('storage_domain') },
  templates: { list: list('template') },
  vmPools: { list: list('vm_pool') },
  vms: { list: list('vm') },
};

export type Services = typeof services;
