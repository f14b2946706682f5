/** Logical networks: at the top, below a data centre, and as a cluster uses them (wire 5.10). */
import type { Cluster, DataCentre, Network } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { clusterNetworkToWire, networkToWire, rolesFromUsages } from '../../mapping/network.ts';
import type { Engine } from '../../operations/engine.ts';
import {
  type AssignmentChange,
  assignNetwork,
  createNetwork,
  detachNetwork,
  isOperational,
  type NetworkChange,
  removeNetwork,
  updateNetwork,
} from '../../operations/networks.ts';
import { qosOfLink } from '../../operations/qos.ts';
import { incomplete, invalid, notFound, Problem } from '../../problem.ts';
import { clusterNetworkId } from '../../store/index.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { search } from '../search/route.ts';
import * as tables from '../search/tables.ts';
import { get, list, post, put, remove, top } from '../verbs.ts';
import { actorOf, done, findById, followedBy, resolve, rolloutOptions } from './common.ts';

export function networks(engine: Engine): Route[] {
  const { store } = engine;
  /** The network in the address, which must belong to the data centre in the address if there is one. */
  const find = async (request: ApiRequest): Promise<Network | Problem> => {
    const found = await findById(engine, 'network', request.params['network'], 'network');
    const dataCentre = request.params['id'];
    if (found instanceof Problem || dataCentre === undefined || found.dataCentreId === dataCentre) return found;
    return notFound('network', found.id);
  };
  const findOwner = (request: ApiRequest) => findById(engine, 'data_centre', request.params['id'], 'data centre');
  const add = async (request: ApiRequest, dataCentre: DataCentre, body: ApiObject<'network'>) => {
    if (!body.name) return incomplete('Network', 'name', 'add');
    const change = await networkChange(engine, dataCentre, body);
    if (change instanceof Problem) return change;
    const network = await createNetwork(engine, actorOf(request), dataCentre, change);
    return network instanceof Problem ? network : created('network', networkToWire(request.base, network));
  };
  const member = (path: string): Route[] => [
    get('network', path, find, (found, { base }) => networkToWire(base, found)),
    put('network', path, find, async (found, body, request) => {
      const change = await networkChange(engine, { id: found.dataCentreId }, body);
      if (change instanceof Problem) return change;
      const dataCentre = resolve(await store.list('data_centre'), body.data_center);
      const moved = dataCentre === undefined ? change : { ...change, dataCentreId: dataCentre.id };
      const updated = await updateNetwork(engine, actorOf(request), found.id, moved, rolloutOptions(request));
      if (updated instanceof Problem) return updated;
      const shown = entity('network', networkToWire(request.base, updated.value));
      return followedBy(request.base, updated.jobId, shown);
    }),
    remove(path, find, async (found, request) => {
      const removed = await removeNetwork(engine, actorOf(request), found.id, rolloutOptions(request));
      return removed instanceof Problem ? removed : done(request.base, removed.jobId);
    }),
  ];
  return [
    search(
      engine,
      'network',
      '/networks',
      tables.networks,
      () => store.list('network'),
      (n, { base }) => networkToWire(base, n),
    ),
    post('network', '/networks', top, async (_top, body, request) => {
      if (body.data_center === undefined) return incomplete('Network', 'dataCenter.name|id', 'add');
      const dataCentre = resolve(await store.list('data_centre'), body.data_center);
      if (dataCentre === undefined) return unknownDataCentre(body.data_center);
      return add(request, dataCentre, body);
    }),
    list('network', '/datacenters/:id/networks', findOwner, async (owner, { base }) =>
      (await store.list('network', owner.id)).map((n) => networkToWire(base, n, false)),
    ),
    post('network', '/datacenters/:id/networks', findOwner, (owner, body, request) => add(request, owner, body)),
    ...member('/networks/:network'),
    ...member('/datacenters/:id/networks/:network'),
  ];
}

export function clusterNetworks(engine: Engine): Route[] {
  const { store } = engine;
  const findCluster = (request: ApiRequest): Promise<Cluster | Problem> =>
    findById(engine, 'cluster', request.params['cluster'], 'cluster');
  const find = async (request: ApiRequest) => {
    const cluster = await findCluster(request);
    if (cluster instanceof Problem) return cluster;
    const id = request.params['network'] ?? '';
    const network = await store.get('network', id);
    const assignment = await store.get('cluster_network', clusterNetworkId(cluster.id, id));
    if (network === undefined || assignment === undefined) return notFound(`network in cluster ${cluster.name}`, id);
    return { cluster, network };
  };
  const show = async (base: string, network: Network, clusterId: string) => {
    const assignment = await store.get('cluster_network', clusterNetworkId(clusterId, network.id));
    if (assignment === undefined) throw new Error(`Network ${network.name} has just left cluster ${clusterId}.`);
    return clusterNetworkToWire(base, network, assignment, await isOperational(store, assignment));
  };
  const path = '/clusters/:cluster/networks';
  return [
    list('network', path, findCluster, async (cluster, { base }) => {
      const assigned = new Set((await store.list('cluster_network', cluster.id)).map((a) => a.networkId));
      const all = await store.list('network', cluster.dataCentreId);
      return Promise.all(all.filter((n) => assigned.has(n.id)).map((n) => show(base, n, cluster.id)));
    }),
    post('network', path, findCluster, async (cluster, body, request) => {
      if (body.id === undefined && body.name === undefined) return incomplete('Network', 'id|name', 'add');
      // All data centres', so that a network of another one is refused by its rule (CLN-03) and not as unknown.
      const all = await store.list('network');
      const here = all.filter((n) => n.dataCentreId === cluster.dataCentreId);
      const network = body.id === undefined ? (resolve(here, body) ?? resolve(all, body)) : resolve(all, body);
      if (network === undefined) return notFound('network', body.id ?? body.name ?? '');
      if (body.name !== undefined && body.name !== network.name) {
        return invalid('CLN-13', `Network id ${body.id} and name ${body.name} do not belong together.`);
      }
      const change = assignmentChange(body);
      const options = rolloutOptions(request);
      const assigned = await assignNetwork(engine, actorOf(request), cluster, network, change, true, options);
      if (assigned instanceof Problem) return assigned;
      const shown = created('network', await show(request.base, network, cluster.id));
      return followedBy(request.base, assigned.jobId, shown);
    }),
    get('network', `${path}/:network`, find, ({ cluster, network }, { base }) => show(base, network, cluster.id)),
    put('network', `${path}/:network`, find, async ({ cluster, network }, body, request) => {
      const [change, options] = [assignmentChange(body), rolloutOptions(request)];
      const changed = await assignNetwork(engine, actorOf(request), cluster, network, change, false, options);
      if (changed instanceof Problem) return changed;
      const shown = entity('network', await show(request.base, network, cluster.id));
      return followedBy(request.base, changed.jobId, shown);
    }),
    remove(`${path}/:network`, find, async ({ cluster, network }, request) => {
      const detached = await detachNetwork(engine, actorOf(request), cluster, network, rolloutOptions(request));
      return detached instanceof Problem ? detached : done(request.base, detached.jobId);
    }),
  ];
}

async function networkChange(
  engine: Engine,
  dataCentre: Pick<DataCentre, 'id'>,
  body: ApiObject<'network'>,
): Promise<NetworkChange | Problem> {
  const dns = body.dns_resolver_configuration;
  return {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.comment === undefined ? {} : { comment: body.comment }),
    // `<vlan/>` without an id takes the tag off.
    ...(body.vlan === undefined ? {} : { vlan: body.vlan.id ?? null }),
    ...(body.mtu === undefined ? {} : { mtu: body.mtu }),
    ...(body.stp === undefined ? {} : { stp: body.stp }),
    ...(body.profile_required === undefined ? {} : { profile: body.profile_required }),
    ...(body.port_isolation === undefined ? {} : { portIsolation: body.port_isolation }),
    ...(body.usages === undefined ? {} : { vm: rolesFromUsages(body.usages).vm }),
    ...(dns === undefined ? {} : { nameservers: dns.name_servers?.length ? dns.name_servers : null }),
    // `<qos/>` without id or name takes it off.
    ...(body.qos === undefined ? {} : { qosId: await qosOfLink(engine, dataCentre, body.qos) }),
    ...externalWish(body),
  };
}

/** `display` is the older spelling of one role; whoever sends `usages` beside it means all of them by that. */
function assignmentChange({ required, usages, display }: ApiObject<'network'>): AssignmentChange {
  return {
    ...(required === undefined ? {} : { required }),
    ...(display === undefined ? {} : { roles: { display } }),
    ...(usages === undefined ? {} : { roles: rolesFromUsages(usages).roles }),
  };
}

function externalWish({
  external_provider: provider,
  external_provider_physical_network: physical,
}: ApiObject<'network'>): Pick<NetworkChange, 'external'> {
  if (provider === undefined && physical === undefined) return {};
  const providerId = provider?.id ?? provider?.name;
  return {
    external: {
      ...(providerId === undefined ? {} : { providerId }),
      ...(physical === undefined ? {} : { physical: { id: physical.id, name: physical.name } }),
    },
  };
}

function unknownDataCentre({ id, name }: { id?: string | undefined; name?: string | undefined }): Problem {
  const key = 'ACTION_TYPE_FAILED_STORAGE_POOL_NOT_EXIST';
  return invalid('NET-01', `Data centre ${id ?? name} is not known. (NET-01, ${key})`);
}
