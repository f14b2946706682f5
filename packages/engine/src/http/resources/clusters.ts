/** `/clusters`, at the top and below their data centre (wire 5.11). */
import { type Cluster, type ClusterVersion, clusterVersions, newestVersion, type SwitchType } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { clusterToWire } from '../../mapping/data-centre.ts';
import { keep } from '../../mapping/kept.ts';
import { reference } from '../../mapping/link.ts';
import { rolesFromUsages } from '../../mapping/network.ts';
import { managementAssignment } from '../../operations/bootstrap.ts';
import type { Engine } from '../../operations/engine.ts';
import { assignNetwork } from '../../operations/networks.ts';
import { note } from '../../operations/note.ts';
import { conflict, incomplete, invalid, notFound, Problem } from '../../problem.ts';
import { clusterNetworkId, type Reader } from '../../store/index.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { search } from '../search/route.ts';
import * as tables from '../search/tables.ts';
import { get, list, post, put, remove, top } from '../verbs.ts';
import { actorOf, described, done, findById, nameTaken, resolve, rolloutOptions, updated } from './common.ts';
import { poolAndPolicy } from './pool-and-policy.ts';

const below = '/datacenters/:id/clusters';

export function clusters(engine: Engine): Route[] {
  const { store } = engine;
  const findOwner = (request: ApiRequest) => findById(engine, 'data_centre', request.params['id'], 'data centre');
  const find = async (request: ApiRequest) => {
    const found = await findById(engine, 'cluster', request.params['cluster'], 'cluster');
    const dataCentre = request.params['id'];
    if (found instanceof Problem || dataCentre === undefined || found.dataCentreId === dataCentre) return found;
    return notFound('cluster', found.id);
  };
  /** The management network is told to those who ask for everything. */
  const show = async (cluster: Cluster, { base, allContent }: ApiRequest): Promise<ApiObject<'cluster'>> => {
    const shown = clusterToWire(base, cluster);
    if (!allContent) return shown;
    const management = (await store.list('cluster_network', cluster.id)).find(({ roles }) => roles.management);
    return management === undefined
      ? shown
      : { ...shown, management_network: reference(base, 'networks', management.networkId) };
  };
  const add = (at: string) =>
    post('cluster', at, top, async (_top, body, request) => {
      if (!body.name) return incomplete('Cluster', 'name', 'add');
      const link = request.params['id'] === undefined ? body.data_center : { id: request.params['id'] };
      if (link === undefined) return incomplete('Cluster', 'dataCenter.name|id', 'add');
      const version = clusterVersion(body);
      if (version instanceof Problem) return version;
      const switchType = clusterSwitch('legacy', body.switch_type);
      if (switchType instanceof Problem) return switchType;
      const named = await poolAndPolicy(engine, body);
      if (named instanceof Problem) return named;
      const name = body.name;
      const added = await store.write(async (tx) => {
        const dataCentre = resolve(await tx.list('data_centre'), link);
        if (dataCentre === undefined) return notFound('data centre', link.id ?? link.name ?? '');
        if ((await tx.list('cluster')).some((c) => c.name === name)) return nameTaken('cluster', name);
        const networks = await tx.list('network', dataCentre.id);
        const management = body.management_network
          ? resolve(networks, body.management_network)
          : networks.find((n) => n.name === 'ovirtmgmt');
        if (management === undefined) {
          return invalid(
            'MGMT-06',
            `Cluster ${name} needs a management network that data centre ${dataCentre.name} has.`,
          );
        }
        const cluster: Cluster = {
          id: engine.newId(),
          dataCentreId: dataCentre.id,
          name,
          description: body.description ?? '',
          comment: body.comment ?? '',
          switchType,
          version: version ?? newestVersion,
          kept: keep('cluster', undefined, { ...body, ...named }),
        };
        await tx.put('cluster', cluster);
        await tx.put('cluster_network', managementAssignment(cluster.id, management.id));
        await note(tx, engine, actorOf(request), 'USER_ADD_CLUSTER', `Cluster ${name} was added.`, {
          clusterId: cluster.id,
        });
        return cluster;
      });
      return added instanceof Problem ? added : created('cluster', clusterToWire(request.base, added));
    });
  return [
    search(engine, 'cluster', '/clusters', tables.clusters, () => store.list('cluster'), show),
    list('cluster', below, findOwner, async (owner, { base }) =>
      (await store.list('cluster', owner.id)).map((c) => clusterToWire(base, c)),
    ),
    add('/clusters'),
    add(below),
    ...['/clusters/:cluster', `${below}/:cluster`].flatMap((path): Route[] => [
      get('cluster', path, find, show),
      put('cluster', path, find, async (found, body, request) => {
        const elsewhere = await refusedDataCentre(engine, found, body.data_center);
        if (elsewhere !== null) return elsewhere;
        const version = clusterVersion(body);
        if (version instanceof Problem) return version;
        const named = await poolAndPolicy(engine, body);
        if (named instanceof Problem) return named;
        const changed = async (reader: Reader): Promise<Cluster | Problem> => {
          const stored = await reader.get('cluster', found.id);
          if (stored === undefined) return notFound('cluster', found.id);
          const switchType = clusterSwitch(stored.switchType, body.switch_type);
          if (switchType instanceof Problem) return switchType;
          const wanted = {
            ...stored,
            ...described(body),
            switchType,
            ...(version === undefined ? {} : { version }),
            kept: keep('cluster', stored.kept, { ...body, ...named }),
          };
          const clash = (await reader.list('cluster')).find((c) => c.name === wanted.name && c.id !== found.id);
          return clash === undefined ? wanted : nameTaken('cluster', wanted.name);
        };
        if (body.management_network !== undefined) {
          // What is refused shall not have moved the management network.
          const refused = await changed(store);
          if (refused instanceof Problem) return refused;
          const moved = await moveManagement(engine, request, found, body.management_network);
          if (moved instanceof Problem) return moved;
        }
        const wanted = await store.write(async (tx) => {
          const wanted = await changed(tx);
          if (wanted instanceof Problem) return wanted;
          await tx.put('cluster', wanted);
          const text = updated('Cluster', found, wanted);
          await note(tx, engine, actorOf(request), 'USER_UPDATE_CLUSTER', text, { clusterId: found.id });
          return wanted;
        });
        return wanted instanceof Problem ? wanted : entity('cluster', await show(wanted, request));
      }),
      remove(path, find, async (found, request) => {
        const refused = await store.write(async (tx) => {
          const hosts = await tx.list('host', found.id);
          if (hosts.length > 0) {
            const names = hosts.map((h) => h.name).join(', ');
            return conflict('CLUSTER', `Cluster ${found.name} still has hosts: ${names}. Remove them first.`);
          }
          for (const { networkId } of await tx.list('cluster_network', found.id)) {
            await tx.remove('cluster_network', clusterNetworkId(found.id, networkId));
          }
          for (const token of await tx.list('join_token')) {
            if (token.clusterId === found.id) await tx.remove('join_token', token.id);
          }
          await tx.remove('cluster', found.id);
          await note(tx, engine, actorOf(request), 'USER_REMOVE_CLUSTER', `Cluster ${found.name} was removed.`);
          return null;
        });
        if (refused !== null) return refused;
        return done(request.base);
      }),
    ]),
  ];
}

/** Gives the management role to a network, and the network to the cluster if it has it not yet (MGMT-05 permitting). */
async function moveManagement(
  engine: Engine,
  request: ApiRequest,
  cluster: Cluster,
  link: ApiObject<'network'>,
): Promise<Problem | null> {
  const network = resolve(await engine.store.list('network', cluster.dataCentreId), link);
  if (network === undefined) return notFound('network', link.id ?? link.name ?? '');
  const assignment = await engine.store.get('cluster_network', clusterNetworkId(cluster.id, network.id));
  if (assignment?.roles.management === true) return null;
  const roles = assignment?.roles ?? rolesFromUsages([]).roles;
  const change = { required: true, roles: { ...roles, management: true } };
  const isNew = assignment === undefined;
  const assigned = await assignNetwork(
    engine,
    actorOf(request),
    cluster,
    network,
    change,
    isNew,
    rolloutOptions(request),
  );
  return assigned instanceof Problem ? assigned : null;
}

/** A cluster stays in its data centre, which clients may name again. */
async function refusedDataCentre(
  { store }: Engine,
  cluster: Cluster,
  link: ApiObject<'data_center'> | undefined,
): Promise<Problem | null> {
  if (link === undefined) return null;
  const dataCentre = resolve(await store.list('data_centre'), link);
  if (dataCentre === undefined) return notFound('data centre', link.id ?? link.name ?? '');
  if (dataCentre.id === cluster.dataCentreId) return null;
  const text = `Cluster ${cluster.name} cannot change data centre; add one in ${dataCentre.name} and move its hosts there.`;
  return invalid('CLUSTER', `${text} (CLUSTER_CANNOT_CHANGE_STORAGE_POOL)`);
}

/** @param stored what a cluster has already may stay: earlier engines took both */
function clusterSwitch(stored: SwitchType, wanted: SwitchType = stored): SwitchType | Problem {
  if (wanted === 'legacy' || wanted === stored) return wanted;
  const text = 'Hosts join nics and networks by Linux bridges alone; leave switch_type out, or send legacy.';
  return invalid('CLUSTER', `Switch type ${wanted} is none a cluster can have. ${text}`);
}

/** @returns undefined when the body says none */
function clusterVersion({ version }: ApiObject<'cluster'>): ClusterVersion | Problem | undefined {
  if (version === undefined) return undefined;
  const known = clusterVersions.find(({ major, minor }) => major === version.major && minor === version.minor);
  const all = clusterVersions.map(({ major, minor }) => `${major}.${minor}`).join(', ');
  return known ?? invalid('CLUSTER', `Version ${version.major}.${version.minor} is none a cluster can have: ${all}.`);
}
