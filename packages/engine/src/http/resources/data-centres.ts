/** `/datacenters` and `/clusters`. */
import type { Cluster, DataCentre } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { clusterToWire, dataCentreToWire } from '../../mapping/data-centre.ts';
import { managementAssignment, managementNetwork } from '../../operations/bootstrap.ts';
import type { Engine } from '../../operations/engine.ts';
import { note } from '../../operations/note.ts';
import { conflict, incomplete, invalid, notFound, Problem } from '../../problem.ts';
import { clusterNetworkId } from '../../store/index.ts';
import { type ApiRequest, collection, created, entity, type Route } from '../api.ts';
import { searched } from '../search.ts';
import { actorOf, done, findById, resolve } from './common.ts';

export function dataCentres(engine: Engine): Route[] {
  const { store } = engine;
  const find = (request: ApiRequest) => findById(engine, 'data_centre', request.params['id'], 'data centre');
  return [
    {
      method: 'GET',
      path: '/datacenters',
      async handle(request) {
        const found = searched(request, await store.list('data_centre'), (d) => ({
          ...d,
          status: 'up',
          local: d.local,
        }));
        if (found instanceof Problem) return found;
        return collection(
          'data_center',
          found.map((d) => dataCentreToWire(request.base, d)),
        );
      },
    },
    {
      method: 'POST',
      path: '/datacenters',
      async handle(request) {
        const body = request.body('data_center');
        if (body instanceof Problem) return body;
        if (!body.name) return incomplete('DataCenter', 'name', 'add');
        const name = body.name;
        if ((await store.named('data_centre', null, name)) !== undefined) return taken('data centre', name);
        const dataCentre: DataCentre = {
          id: engine.newId(),
          name,
          description: body.description ?? '',
          comment: body.comment ?? '',
          local: body.local ?? false,
        };
        await store.write(async (tx) => {
          await tx.put('data_centre', dataCentre);
          // Every data centre is born with a management network (rules 1.2).
          await tx.put('network', managementNetwork(engine.newId(), dataCentre.id));
          await note(tx, engine, actorOf(request), 'DATA_CENTRE_CHANGED', `Data centre ${name} was added.`);
        });
        return created('data_center', dataCentreToWire(request.base, dataCentre));
      },
    },
    {
      method: 'GET',
      path: '/datacenters/:id',
      async handle(request) {
        const found = await find(request);
        return found instanceof Problem ? found : entity('data_center', dataCentreToWire(request.base, found));
      },
    },
    {
      method: 'PUT',
      path: '/datacenters/:id',
      async handle(request) {
        const found = await find(request);
        if (found instanceof Problem) return found;
        const body = request.body('data_center');
        if (body instanceof Problem) return body;
        const wanted = { ...found, ...described(body), ...(body.local === undefined ? {} : { local: body.local }) };
        const clash = await store.named('data_centre', null, wanted.name);
        if (clash !== undefined && clash.id !== found.id) return taken('data centre', wanted.name);
        await store.write((tx) => tx.put('data_centre', wanted));
        return entity('data_center', dataCentreToWire(request.base, wanted));
      },
    },
    {
      method: 'DELETE',
      path: '/datacenters/:id',
      async handle(request) {
        const found = await find(request);
        if (found instanceof Problem) return found;
        const clusters = await store.list('cluster', found.id);
        if (clusters.length > 0) {
          const names = clusters.map((c) => c.name).join(', ');
          return conflict('DC', `Data centre ${found.name} still has clusters: ${names}. Remove them first.`);
        }
        await store.write(async (tx) => {
          for (const network of await tx.list('network', found.id)) await tx.remove('network', network.id);
          for (const qos of await tx.list('qos', found.id)) await tx.remove('qos', qos.id);
          await tx.remove('data_centre', found.id);
          await note(tx, engine, actorOf(request), 'DATA_CENTRE_CHANGED', `Data centre ${found.name} was removed.`);
        });
        return done(request.base);
      },
    },
  ];
}

export function clusters(engine: Engine): Route[] {
  const { store } = engine;
  const find = async (request: ApiRequest) => {
    const found = await findById(engine, 'cluster', request.params['cluster'], 'cluster');
    const dataCentre = request.params['id'];
    if (found instanceof Problem || dataCentre === undefined || found.dataCentreId === dataCentre) return found;
    return notFound('cluster', found.id);
  };
  const add = async (request: ApiRequest) => {
    const body = request.body('cluster');
    if (body instanceof Problem) return body;
    if (!body.name) return incomplete('Cluster', 'name', 'add');
    const link = request.params['id'] === undefined ? body.data_center : { id: request.params['id'] };
    if (link === undefined) return incomplete('Cluster', 'dataCenter.name|id', 'add');
    const dataCentre = resolve(await store.list('data_centre'), link);
    if (dataCentre === undefined) return notFound('data centre', link.id ?? link.name ?? '');
    const name = body.name;
    if ((await store.list('cluster')).some((c) => c.name === name)) return taken('cluster', name);
    const networks = await store.list('network', dataCentre.id);
    const management = body.management_network
      ? resolve(networks, body.management_network)
      : networks.find((n) => n.name === 'ovirtmgmt');
    if (management === undefined) {
      return invalid('MGMT-06', `Cluster ${name} needs a management network that data centre ${dataCentre.name} has.`);
    }
    const cluster: Cluster = {
      id: engine.newId(),
      dataCentreId: dataCentre.id,
      name,
      description: body.description ?? '',
      comment: body.comment ?? '',
      switchType: body.switch_type ?? 'legacy',
    };
    await store.write(async (tx) => {
      await tx.put('cluster', cluster);
      await tx.put('cluster_network', managementAssignment(cluster.id, management.id));
      await note(tx, engine, actorOf(request), 'CLUSTER_CHANGED', `Cluster ${name} was added.`, {
        clusterId: cluster.id,
      });
    });
    return created('cluster', clusterToWire(request.base, cluster));
  };
  return [
    {
      method: 'GET',
      path: '/clusters',
      async handle(request) {
        const names = new Map((await store.list('data_centre')).map((d) => [d.id, d.name]));
        const found = searched(request, await store.list('cluster'), (c) => ({
          ...c,
          'datacenter.name': names.get(c.dataCentreId) ?? '',
        }));
        if (found instanceof Problem) return found;
        return collection(
          'cluster',
          found.map((c) => clusterToWire(request.base, c)),
        );
      },
    },
    {
      method: 'GET',
      path: '/datacenters/:id/clusters',
      async handle(request) {
        const owner = await findById(engine, 'data_centre', request.params['id'], 'data centre');
        if (owner instanceof Problem) return owner;
        return collection(
          'cluster',
          (await store.list('cluster', owner.id)).map((c) => clusterToWire(request.base, c)),
        );
      },
    },
    { method: 'POST', path: '/clusters', handle: add },
    { method: 'POST', path: '/datacenters/:id/clusters', handle: add },
    ...['/clusters/:cluster', '/datacenters/:id/clusters/:cluster'].flatMap((path): Route[] => [
      {
        method: 'GET',
        path,
        async handle(request) {
          const found = await find(request);
          return found instanceof Problem ? found : entity('cluster', clusterToWire(request.base, found));
        },
      },
      {
        method: 'PUT',
        path,
        async handle(request) {
          const found = await find(request);
          if (found instanceof Problem) return found;
          const body = request.body('cluster');
          if (body instanceof Problem) return body;
          const wanted = { ...found, ...described(body) };
          const clash = (await store.list('cluster')).find((c) => c.name === wanted.name && c.id !== found.id);
          if (clash !== undefined) return taken('cluster', wanted.name);
          await store.write((tx) => tx.put('cluster', wanted));
          return entity('cluster', clusterToWire(request.base, wanted));
        },
      },
      {
        method: 'DELETE',
        path,
        async handle(request) {
          const found = await find(request);
          if (found instanceof Problem) return found;
          const hosts = await store.list('host', found.id);
          if (hosts.length > 0) {
            const names = hosts.map((h) => h.name).join(', ');
            return conflict('CLUSTER', `Cluster ${found.name} still has hosts: ${names}. Remove them first.`);
          }
          await store.write(async (tx) => {
            for (const { networkId } of await tx.list('cluster_network', found.id)) {
              await tx.remove('cluster_network', clusterNetworkId(found.id, networkId));
            }
            await tx.remove('cluster', found.id);
            await note(tx, engine, actorOf(request), 'CLUSTER_CHANGED', `Cluster ${found.name} was removed.`);
          });
          return done(request.base);
        },
      },
    ]),
  ];
}

function described(body: ApiObject<'data_center'> | ApiObject<'cluster'>) {
  return {
    ...(body.name === undefined || body.name === '' ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description }),
    ...(body.comment === undefined ? {} : { comment: body.comment }),
  };
}

function taken(kind: string, name: string): Problem {
  return conflict('NAME', `There is a ${kind} named ${name} already; choose another name.`);
}
