/** Logical networks: creating, changing, deleting them, and giving them to clusters. */
import {
  assignRoles,
  type ChangedNetwork,
  type Cluster,
  type ClusterNetwork,
  type DataCentre,
  type Host,
  type Network,
  type NetworkRoles,
  validateAssignment,
  validateDetach,
  validateNetwork,
  validateNetworkRemoval,
  vdsmName,
  withdrawRoles,
} from '@patchbay/model';
import { observedNetworkOf } from '../mapping/observed.ts';
import { fromViolations, notFound, type Problem } from '../problem.ts';
import { clusterNetworkId, type Reader, type Writer } from '../store/index.ts';
import type { Actor, Engine } from './engine.ts';
import { type ExternalWish, externalNetwork } from './external-network.ts';
import { judgeOutOfService } from './host-health.ts';
import { note } from './note.ts';
import { changedNetwork } from './propagation/changed-network.ts';
import { propagate, type RolloutOptions, type Trigger } from './propagation/propagate.ts';
import { addNetwork, dropNetwork } from './store-network.ts';

/** What a client may say of a network; undefined was not sent. */
export interface NetworkChange {
  name?: string;
  description?: string;
  comment?: string;
  /** null makes it untagged. */
  vlan?: number | null;
  mtu?: number;
  vm?: boolean;
  stp?: boolean;
  portIsolation?: boolean;
  nameservers?: string[] | null;
  /** Id of a named QoS; null takes it off. */
  qosId?: string | null;
  dataCentreId?: string;
  external?: ExternalWish;
  /** Whether a vNIC profile of the same name is made with a new network for VMs; true when absent. */
  profile?: boolean;
}

const blank = {
  name: '',
  description: '',
  comment: '',
  vlan: null,
  mtu: 0,
  vm: true,
  stp: false,
  portIsolation: false,
  label: null,
  qosId: null,
  nameservers: null,
};

export async function createNetwork(
  engine: Engine,
  actor: Actor,
  dataCentre: DataCentre,
  { external = {}, profile = true, ...change }: NetworkChange,
): Promise<Network | Problem> {
  const id = engine.newId();
  return engine.store.write(async (tx) => {
    const around = await neighbours(tx, dataCentre.id);
    const name = change.name ?? '';
    const wanted: Network = {
      ...blank,
      ...change,
      id,
      dataCentreId: dataCentre.id,
      vdsmName: vdsmName(name, id),
      external: externalNetwork(external, name, null, around.networks),
    };
    const violations = validateNetwork({ wanted, stored: null, ...around });
    if (violations.length > 0) return fromViolations(violations);
    await addNetwork(tx, engine, wanted, profile);
    await note(tx, engine, actor, 'NETWORK_ADD_NETWORK', `Network ${wanted.name} was added to ${dataCentre.name}.`, {
      dataCentreId: dataCentre.id,
    });
    return wanted;
  });
}

/** A change of the data centre that hosts may have to follow. */
export interface Followed<T> {
  value: T;
  /** The job that carries it to the hosts; null when none has anything to change. */
  jobId: string | null;
}

export async function updateNetwork(
  engine: Engine,
  actor: Actor,
  id: string,
  { external = {}, profile: _, ...change }: NetworkChange,
  options: RolloutOptions = {},
): Promise<Followed<Network> | Problem> {
  const uses = await engine.workloads.networkUses();
  return engine.store.write(async (tx) => {
    const stored = await tx.get('network', id);
    if (stored === undefined) return notFound('network', id);
    const around = await neighbours(tx, stored.dataCentreId);
    const merged: Network = { ...stored, ...change };
    const wanted = {
      ...merged,
      vdsmName: vdsmName(merged.name, id),
      external: externalNetwork(external, stored.name, stored.external, around.networks),
    };
    const violations = validateNetwork({ wanted, stored, ...around, uses });
    if (violations.length > 0) return fromViolations(violations);
    await tx.put('network', wanted);
    await note(tx, engine, actor, 'NETWORK_UPDATE_NETWORK', `Network ${wanted.name} was changed.`, {
      dataCentreId: wanted.dataCentreId,
    });
    if (!reachesHosts(stored, wanted)) return { value: wanted, jobId: null };
    const vms = uses.filter((use) => use.kind === 'vm' && use.networkId === id).map((use) => use.name);
    if (vms.length > 0) {
      const text = `Network ${wanted.name} was changed under VMs that keep what they started with: ${vms.join(', ')}.`;
      await note(tx, engine, actor, 'VNICS_OUT_OF_SYNC_ON_NETWORK_UPDATE', text, {
        dataCentreId: wanted.dataCentreId,
      });
    }
    const follow = { networks: [changedNetwork(wanted, stored)], everything: false };
    const what = `Network ${wanted.name} was changed`;
    const clusterIds = await clustersWith(tx, id);
    const jobId = await propagate(tx, engine, actor, { what, cause: 'update', clusterIds, follow, options });
    return { value: wanted, jobId };
  });
}

/** Deletes the network; it leaves the nics that it came to by its label, on others it stays as an unmanaged network (rules 5.2). */
export async function removeNetwork(
  engine: Engine,
  actor: Actor,
  id: string,
  options: RolloutOptions = {},
): Promise<Followed<Network> | Problem> {
  const uses = await engine.workloads.networkUses();
  return engine.store.write(async (tx) => {
    const network = await tx.get('network', id);
    if (network === undefined) return notFound('network', id);
    const assignments = (await tx.list('cluster_network')).filter((a) => a.networkId === id);
    const networks = await tx.list('network', network.dataCentreId);
    const violations = validateNetworkRemoval({ network, assignments, networks, uses });
    if (violations.length > 0) return fromViolations(violations);
    const heirs: ChangedNetwork[] = [];
    for (const { clusterId } of assignments) {
      const before = await tx.list('cluster_network', clusterId);
      const after = withdrawRoles(before, id);
      for (const changed of after) await tx.put('cluster_network', changed);
      heirs.push(...(await rolesChanged(tx, before, after, [])));
      await tx.remove('cluster_network', clusterNetworkId(clusterId, id));
    }
    await dropNetwork(tx, id);
    await note(tx, engine, actor, 'NETWORK_REMOVE_NETWORK', `Network ${network.name} was deleted.`, {
      dataCentreId: network.dataCentreId,
    });
    const clusterIds = assignments.map((one) => one.clusterId);
    const follow = { networks: [changedNetwork(network, network), ...heirs], everything: false };
    const what = `Network ${network.name} was deleted`;
    const jobId = await propagate(tx, engine, actor, { what, cause: 'remove', clusterIds, follow, options });
    return { value: network, jobId };
  });
}

/** What a client may say of how a cluster uses a network; what was not sent stays. */
export interface AssignmentChange {
  required?: boolean;
  roles?: Partial<NetworkRoles>;
}

const noRoles: NetworkRoles = {
  display: false,
  migration: false,
  management: false,
  gluster: false,
  defaultRoute: false,
};

/** Gives a network to a cluster, or changes how the cluster uses it. */
export async function assignNetwork(
  engine: Engine,
  actor: Actor,
  cluster: Cluster,
  network: Network,
  change: AssignmentChange,
  isNew: boolean,
  options: RolloutOptions = {},
): Promise<Followed<ClusterNetwork> | Problem> {
  const uses = await engine.workloads.networkUses();
  return engine.store.write(async (tx) => {
    const assignments = await tx.list('cluster_network', cluster.id);
    const stored = assignments.find((a) => a.networkId === network.id) ?? null;
    const wanted: ClusterNetwork = {
      clusterId: cluster.id,
      networkId: network.id,
      // No host carries an external network, so none can be asked to.
      required: change.required ?? stored?.required ?? network.external === null,
      roles: { ...(stored?.roles ?? noRoles), ...change.roles },
    };
    const hosts = await tx.list('host', cluster.id);
    const violations = validateAssignment({
      ...{ cluster, network, wanted, stored, isNew, uses },
      hostCount: hosts.length,
      unaddressed: await unaddressed(tx, hosts, network),
    });
    if (violations.length > 0) return fromViolations(violations);
    const others = assignments.filter((a) => a.networkId !== network.id);
    const after = assignRoles([...others, ...(stored === null ? [] : [stored])], wanted);
    for (const changed of after) await tx.put('cluster_network', changed);
    await judgeOutOfService(tx, engine, cluster.id);
    const event = isNew ? 'NETWORK_ATTACH_NETWORK_TO_CLUSTER' : 'NETWORK_UPDTAE_NETWORK_ON_CLUSTER';
    const verb = isNew ? 'was added to' : 'was changed in';
    await note(tx, engine, actor, event, `Network ${network.name} ${verb} cluster ${cluster.name}.`, {
      clusterId: cluster.id,
    });
    const follow = { networks: await rolesChanged(tx, assignments, after, [network]), everything: false };
    const what = `Network ${network.name} ${verb} cluster ${cluster.name}`;
    const cause = isNew ? 'add' : 'cluster';
    const jobId = await propagate(tx, engine, actor, { what, cause, clusterIds: [cluster.id], follow, options });
    return { value: wanted, jobId };
  });
}

/** Takes a network from one cluster; attachments on that cluster's hosts go, those elsewhere stay. */
export async function detachNetwork(
  engine: Engine,
  actor: Actor,
  cluster: Cluster,
  network: Network,
  options: RolloutOptions = {},
): Promise<Followed<null> | Problem> {
  const uses = await engine.workloads.networkUses();
  return engine.store.write(async (tx) => {
    const assignments = await tx.list('cluster_network', cluster.id);
    const stored = assignments.find((a) => a.networkId === network.id);
    if (stored === undefined) return notFound('network', `${network.name} in cluster ${cluster.name}`);
    const violations = validateDetach({ cluster, network, assignment: stored, uses });
    if (violations.length > 0) return fromViolations(violations);
    const after = withdrawRoles(assignments, network.id);
    for (const changed of after) await tx.put('cluster_network', changed);
    await tx.remove('cluster_network', clusterNetworkId(cluster.id, network.id));
    for (const host of await tx.list('host', cluster.id)) {
      const attachment = await tx.named('attachment', host.id, network.id);
      if (attachment !== undefined) await tx.remove('attachment', attachment.id);
    }
    await judgeOutOfService(tx, engine, cluster.id);
    await note(
      tx,
      engine,
      actor,
      'NETWORK_DETACH_NETWORK_TO_CLUSTER',
      `Network ${network.name} was taken from cluster ${cluster.name}.`,
      { clusterId: cluster.id },
    );
    const heirs = await rolesChanged(tx, assignments, after, []);
    const follow = { networks: [changedNetwork(network, network), ...heirs], everything: false };
    const what = `Network ${network.name} was taken from cluster ${cluster.name}`;
    const trigger: Trigger = { what, cause: 'remove', clusterIds: [cluster.id], follow, options };
    return { value: null, jobId: await propagate(tx, engine, actor, trigger) };
  });
}

/** Whether a host that carries the network would have to look different. */
function reachesHosts(before: Network, after: Network): boolean {
  return (['vlan', 'mtu', 'vm', 'stp', 'qosId', 'label'] as const).some((field) => before[field] !== after[field])
    ? true
    : String(before.nameservers) !== String(after.nameservers);
}

export async function clustersWith(tx: Writer, networkId: string): Promise<string[]> {
  return (await tx.list('cluster_network')).filter((a) => a.networkId === networkId).map((a) => a.clusterId);
}

/** The networks whose roles differ, and those named. */
async function rolesChanged(
  tx: Writer,
  before: readonly ClusterNetwork[],
  after: readonly ClusterNetwork[],
  named: readonly Network[],
): Promise<ChangedNetwork[]> {
  const rolesOf = new Map(before.map((one) => [one.networkId, JSON.stringify(one.roles)]));
  const changed = new Map(named.map((one) => [one.id, one]));
  for (const { networkId, roles } of after) {
    if (rolesOf.get(networkId) === JSON.stringify(roles) || changed.has(networkId)) continue;
    const network = await tx.get('network', networkId);
    if (network !== undefined) changed.set(networkId, network);
  }
  return [...changed.values()].map((one) => changedNetwork(one));
}

export async function neighbours(tx: Writer, dataCentreId: string) {
  const networks = await tx.list('network', dataCentreId);
  const attachments = await tx.list('attachment');
  const hosts = new Map((await tx.list('host')).map((h) => [h.id, h.name]));
  const usedBy = (networkId: string) =>
    attachments.filter((a) => a.networkId === networkId).map((a) => hosts.get(a.hostId) ?? a.hostId);
  return { networks, usedBy, qoss: await tx.list('qos') };
}

/** Where the hosts carry the network without any address (CLN-05). */
async function unaddressed(
  tx: Reader,
  hosts: readonly Host[],
  network: Network,
): Promise<{ host: string; nic: string }[]> {
  const found: { host: string; nic: string }[] = [];
  for (const host of hosts) {
    const stored = await tx.get('report', host.id);
    const seen = stored && observedNetworkOf(stored.report, network.vdsmName);
    if (seen && seen.ipv4.address === null && seen.ipv6.address === null) {
      found.push({ host: host.name, nic: seen.southbound ?? seen.vdsmName });
    }
  }
  return found;
}

/** A network is operational in a cluster unless it is required and missing on a host that is up (rules 2.9). */
export async function isOperational(store: Reader, assignment: ClusterNetwork): Promise<boolean> {
  return !assignment.required || store.isOnEveryUpHost(assignment.networkId, assignment.clusterId);
}
