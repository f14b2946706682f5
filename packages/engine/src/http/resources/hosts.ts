/** Hosts themselves: list, add, change, remove, and taking them out of and back into service (wire 5.2). */
import { type Cluster, type Host, type HostStatus, validateHost, validateHostMove } from '@patchbay/model';
import { hostToWire } from '../../mapping/host.ts';
import { keep } from '../../mapping/kept.ts';
import type { Engine } from '../../operations/engine.ts';
import { carriedBy, judgeHealth } from '../../operations/host-health.ts';
import { installManagement } from '../../operations/install-management.ts';
import { moveHost } from '../../operations/move-host.ts';
import { note } from '../../operations/note.ts';
import { removeHost } from '../../operations/remove-host.ts';
import { conflict, fromViolations, incomplete, notFound, type Problem } from '../../problem.ts';
import { type ApiRequest, created, entity, type Route } from '../api.ts';
import { search } from '../search/route.ts';
import * as tables from '../search/tables.ts';
import { act, get, post, put, remove, top } from '../verbs.ts';
import { actorOf, done, findHost, followedBy, nameTaken, resolve, rolloutOptions, updated } from './common.ts';

export function hosts(engine: Engine): Route[] {
  const { store } = engine;
  const show = (request: ApiRequest, host: Host) =>
    hostToWire(request.base, host, request.allContent ? engine.locks.busy(host.id) : null);
  const find = (request: ApiRequest) => findHost(engine, request);
  return [
    search(
      engine,
      'host',
      '/hosts',
      tables.hosts,
      () => store.list('host'),
      (h, request) => show(request, h),
    ),
    post('host', '/hosts', top, async (_top, body, request) => {
      if (!body.name) return incomplete('Host', 'name', 'add');
      if (!body.address) return incomplete('Host', 'address', 'add');
      const name = body.name;
      const clusters = await store.list('cluster');
      const cluster = resolve(clusters, body.cluster ?? { name: 'Default' });
      if (cluster === undefined) return notFound('cluster', body.cluster?.id ?? body.cluster?.name ?? 'Default');
      if ((await store.list('host')).some((h) => h.name === name)) return nameTaken('host', name);
      const host: Host = {
        id: engine.newId(),
        clusterId: cluster.id,
        name,
        address: body.address,
        comment: body.comment ?? '',
        status: 'installing',
        kernel: '',
        netConfigDirty: false,
        nameservers: [],
        kept: keep('host', undefined, body),
      };
      const violations = validateHost({ wanted: host, stored: null });
      if (violations.length > 0) return fromViolations(violations);
      await store.write(async (tx) => {
        await tx.put('host', host);
        const text = `Host ${name} was added and waits for its agent to join.`;
        await note(tx, engine, actorOf(request), 'USER_ADD_VDS', text, { host });
      });
      return created('host', show(request, host));
    }),
    get('host', '/hosts/:host', find, (host, request) => show(request, host)),
    put('host', '/hosts/:host', find, async (host, body, request) => {
      const clusters = await store.list('cluster');
      const cluster = body.cluster === undefined ? undefined : resolve(clusters, body.cluster);
      if (body.cluster !== undefined && cluster === undefined) {
        return notFound('cluster', body.cluster.id ?? body.cluster.name ?? '');
      }
      const refused =
        cluster === undefined || cluster.id === host.clusterId ? null : await refusedMove(engine, host, cluster);
      if (refused !== null) return refused;
      const name = body.name ?? host.name;
      if ((await store.list('host')).some((h) => h.name === name && h.id !== host.id)) return nameTaken('host', name);
      const changed = {
        ...host,
        name,
        address: body.address ?? host.address,
        comment: body.comment ?? host.comment,
        kept: keep('host', host.kept, body),
      };
      const violations = validateHost({ wanted: changed, stored: host });
      if (violations.length > 0) return fromViolations(violations);
      const jobId = await store.write(async (tx) => {
        await tx.put('host', changed);
        await note(tx, engine, actorOf(request), 'USER_UPDATE_VDS', updated('Host', host, changed), { host });
        if (cluster === undefined || cluster.id === host.clusterId) return null;
        return moveHost(tx, engine, actorOf(request), changed, cluster, rolloutOptions(request));
      });
      const moved = { ...changed, clusterId: cluster?.id ?? host.clusterId };
      return followedBy(request.base, jobId, entity('host', show(request, moved)));
    }),
    remove('/hosts/:host', find, async (host, request) => {
      const removable: HostStatus[] = ['maintenance', 'installing', 'install_failed', 'down', 'pending_approval'];
      if (!removable.includes(host.status) && request.query.flag('force') !== true) {
        return conflict('HOST', `Host ${host.name} is ${host.status}; put it into maintenance before removing it.`);
      }
      await removeHost(engine, actorOf(request), host);
      return done(request.base);
    }),
    service(engine, 'activate', 'up', 'VDS_ACTIVATE'),
    service(engine, 'deactivate', 'maintenance', 'USER_VDS_MAINTENANCE'),
  ];
}

/** Into service or out of it; a host that lacks what its cluster requires does not get in, and one that failed to join joins. */
function service(
  engine: Engine,
  action: string,
  status: 'up' | 'maintenance',
  event: 'VDS_ACTIVATE' | 'USER_VDS_MAINTENANCE',
): Route {
  const find = (request: ApiRequest) => findHost(engine, request);
  return act(`/hosts/:host/${action}`, find, async (host, _body, request) => {
    if (host.status === 'installing' || host.status === 'pending_approval') {
      return conflict('HOST', `Host ${host.name} is ${host.status}; wait until it has joined.`);
    }
    if (status === 'up' && host.status === 'install_failed') {
      // One that is away has its turn when it greets again.
      await engine.store.write((tx) => tx.put('host', { ...host, status: 'installing' }));
      const failure = engine.hosts.connected(host.id) ? await installManagement(engine, host.id) : null;
      return failure ?? done(request.base);
    }
    const reached: HostStatus = status === 'up' && !engine.hosts.connected(host.id) ? 'non_responsive' : status;
    const { statusReason: _, ...plain } = host;
    await engine.store.write(async (tx) => {
      await tx.put('host', { ...plain, status: reached });
      await note(tx, engine, actorOf(request), event, `Host ${host.name} is ${reached}.`, { host });
      await judgeHealth(tx, engine, host.id, await carriedBy(tx, host.id), false);
    });
    await engine.rollouts.wakeHost(host.id);
    return done(request.base);
  });
}

async function refusedMove({ store }: Engine, host: Host, to: Cluster): Promise<Problem | null> {
  const from = (await store.get('cluster', host.clusterId)) ?? to;
  const managementOf = async ({ id }: Cluster) => {
    const assignment = (await store.list('cluster_network', id)).find((one) => one.roles.management);
    return (assignment && (await store.get('network', assignment.networkId))) ?? null;
  };
  const management = { from: await managementOf(from), to: await managementOf(to) };
  const violations = validateHostMove({ host, from, to, management });
  return violations.length > 0 ? fromViolations(violations) : null;
}
