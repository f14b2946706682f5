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
import { conflict, fromViolations, incomplete, notFound, Problem } from '../../problem.ts';
import type { Reader } from '../../store/index.ts';
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
      const address = body.address;
      const added = await store.write(async (tx) => {
        const cluster = resolve(await tx.list('cluster'), body.cluster ?? { name: 'Default' });
        if (cluster === undefined) return notFound('cluster', body.cluster?.id ?? body.cluster?.name ?? 'Default');
        const host: Host = {
          id: engine.newId(),
          clusterId: cluster.id,
          name,
          address,
          comment: body.comment ?? '',
          status: 'installing',
          kernel: '',
          netConfigDirty: false,
          nameservers: [],
          kept: keep('host', undefined, body),
        };
        const refused = await refusedHost(tx, host, null);
        if (refused !== null) return refused;
        await tx.put('host', host);
        const text = `Host ${name} was added and waits for its agent to join.`;
        await note(tx, engine, actorOf(request), 'USER_ADD_VDS', text, { host });
        return host;
      });
      return added instanceof Problem ? added : created('host', show(request, added));
    }),
    get('host', '/hosts/:host', find, (host, request) => show(request, host)),
    put('host', '/hosts/:host', find, async ({ id }, body, request) => {
      const changed = await store.write(async (tx) => {
        const host = await tx.get('host', id);
        if (host === undefined) return notFound('host', id);
        const cluster = body.cluster === undefined ? undefined : resolve(await tx.list('cluster'), body.cluster);
        if (body.cluster !== undefined && cluster === undefined) {
          return notFound('cluster', body.cluster.id ?? body.cluster.name ?? '');
        }
        const to = cluster?.id === host.clusterId ? undefined : cluster;
        const wanted = {
          ...host,
          name: body.name ?? host.name,
          address: body.address ?? host.address,
          comment: body.comment ?? host.comment,
          kept: keep('host', host.kept, body),
        };
        const refused =
          (to === undefined ? null : await refusedMove(tx, host, to)) ?? (await refusedHost(tx, wanted, host));
        if (refused !== null) return refused;
        await tx.put('host', wanted);
        await note(tx, engine, actorOf(request), 'USER_UPDATE_VDS', updated('Host', host, wanted), { host });
        if (to === undefined) return { host: wanted, jobId: null };
        const jobId = await moveHost(tx, engine, actorOf(request), wanted, to, rolloutOptions(request));
        return { host: { ...wanted, clusterId: to.id }, jobId };
      });
      if (changed instanceof Problem) return changed;
      return followedBy(request.base, changed.jobId, entity('host', show(request, changed.host)));
    }),
    remove('/hosts/:host', find, async ({ id }, request) => {
      const refused = await removeHost(engine, actorOf(request), id, request.query.flag('force') === true);
      return refused ?? done(request.base);
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
  return act(`/hosts/:host/${action}`, find, async ({ id }, _body, request) => {
    const reached = await engine.store.write(async (tx): Promise<HostStatus | Problem> => {
      const host = await tx.get('host', id);
      if (host === undefined) return notFound('host', id);
      if (host.status === 'installing' || host.status === 'pending_approval') {
        return conflict('HOST', `Host ${host.name} is ${host.status}; wait until it has joined.`);
      }
      if (status === 'up' && host.status === 'install_failed') {
        await tx.put('host', { ...host, status: 'installing' });
        return 'installing';
      }
      const reached = status === 'up' && !engine.hosts.connected(id) ? 'non_responsive' : status;
      const { statusReason: _, ...plain } = host;
      await tx.put('host', { ...plain, status: reached });
      await note(tx, engine, actorOf(request), event, `Host ${host.name} is ${reached}.`, { host });
      await judgeHealth(tx, engine, id, await carriedBy(tx, id), false);
      return reached;
    });
    if (reached instanceof Problem) return reached;
    if (reached === 'installing') {
      // One that is away has its turn when it greets again.
      const failure = engine.hosts.connected(id) ? await installManagement(engine, id) : null;
      return failure ?? done(request.base);
    }
    await engine.rollouts.wakeHost(id);
    return done(request.base);
  });
}

/** What stands in the way of a host that is called and addressed like this. @param stored null for a new one */
async function refusedHost(store: Reader, wanted: Host, stored: Host | null): Promise<Problem | null> {
  const others = (await store.list('host')).filter(({ id }) => id !== wanted.id);
  if (others.some(({ name }) => name === wanted.name)) return nameTaken('host', wanted.name);
  const violations = validateHost({ wanted, stored });
  return violations.length > 0 ? fromViolations(violations) : null;
}

async function refusedMove(store: Reader, host: Host, to: Cluster): Promise<Problem | null> {
  const from = (await store.get('cluster', host.clusterId)) ?? to;
  const managementOf = async ({ id }: Cluster) => {
    const assignment = (await store.list('cluster_network', id)).find((one) => one.roles.management);
    return (assignment && (await store.get('network', assignment.networkId))) ?? null;
  };
  const management = { from: await managementOf(from), to: await managementOf(to) };
  const violations = validateHostMove({ host, from, to, management });
  return violations.length > 0 ? fromViolations(violations) : null;
}
