/** Actions that change or re-read a host's networks: setupnetworks, commitnetconfig, syncallnetworks, refresh (wire 5.2). */
import { emptyChangeSet, type HostState, isInSync } from '@patchbay/model';
import { changeSetFromAction } from '../../mapping/change-set.ts';
import { changeHost } from '../../operations/change-host.ts';
import { commitHost, refreshHost } from '../../operations/commit-host.ts';
import type { Engine } from '../../operations/engine.ts';
import { Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { actorOf, done, findById, findHost } from './common.ts';
import { answerHostChange } from './host-change.ts';

/** Options of a host change that plain verbs accept as query parameters. */
export function transactionOptions(request: ApiRequest) {
  const check = request.query.flag('check_connectivity');
  const timeout = request.query.int('connectivity_timeout');
  const commit = request.query.flag('commit_on_success');
  return {
    ...(check === null ? {} : { checkConnectivity: check }),
    ...(timeout === null ? {} : { connectivityTimeout: timeout }),
    ...(commit === null ? {} : { commitOnSuccess: commit }),
  };
}

export function setupNetworks(engine: Engine): Route[] {
  const setup = async (request: ApiRequest) => {
    const host = await findHost(engine, request);
    if (host instanceof Problem) return host;
    const body = request.body('action');
    if (body instanceof Problem) return body;
    const changeSet = changeSetFromAction(body);
    if (changeSet instanceof Problem) return changeSet;
    const wanted = { hostId: host.id, description: 'Setting up networks', build: () => changeSet };
    return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
  };
  return [
    { method: 'POST', path: '/hosts/:host/setupnetworks', handle: setup },
    { method: 'POST', path: '/hosts/:host/hostsetupnetworks', handle: setup },
    {
      method: 'POST',
      path: '/hosts/:host/syncallnetworks',
      action: true,
      async handle(request) {
        const host = await findHost(engine, request);
        if (host instanceof Problem) return host;
        const body = request.body('action');
        if (body instanceof Problem) return body;
        const wanted = { hostId: host.id, description: 'Synchronising all networks', build: everythingInSync };
        return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
      },
    },
    {
      method: 'POST',
      path: '/clusters/:cluster/syncallnetworks',
      action: true,
      async handle(request) {
        const cluster = await findById(engine, 'cluster', request.params['cluster'], 'cluster');
        if (cluster instanceof Problem) return cluster;
        const body = request.body('action');
        if (body instanceof Problem) return body;
        const hosts = (await engine.store.list('host', cluster.id)).filter((h) => h.status === 'up');
        for (const host of hosts) {
          // The caller does not wait for the hosts; each failure is in the events.
          void changeHost(engine, host.id, actorOf(request), 'Synchronising all networks', everythingInSync).catch(
            (error: unknown) => engine.log.error({ err: error, host: host.name }, 'synchronising failed'),
          );
        }
        return done(request.base);
      },
    },
    {
      method: 'POST',
      path: '/hosts/:host/commitnetconfig',
      action: true,
      async handle(request) {
        const host = await findHost(engine, request);
        if (host instanceof Problem) return host;
        const body = request.body('action');
        if (body instanceof Problem) return body;
        const problem = await commitHost(engine, host, actorOf(request));
        return problem ?? done(request.base);
      },
    },
    {
      method: 'POST',
      path: '/hosts/:host/refresh',
      action: true,
      async handle(request) {
        const host = await findHost(engine, request);
        if (host instanceof Problem) return host;
        const body = request.body('action');
        if (body instanceof Problem) return body;
        const problem = await refreshHost(engine, host, actorOf(request));
        return problem ?? done(request.base);
      },
    },
  ];
}

/** Every attachment that differs from its wish, or is missing on the host, in one order (rules 4.1). */
function everythingInSync(state: HostState) {
  const out = state.attachments.filter((attachment) => isInSync(state, attachment) === false);
  return {
    ...emptyChangeSet(),
    commitOnSuccess: true,
    synchronized: out.map(({ id }) => ({ id, path: 'networks that are out of sync' })),
  };
}
