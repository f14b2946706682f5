/** Actions that change or re-read a host's networks: setupnetworks, commitnetconfig, syncallnetworks, refresh (wire 5.2). */
import { emptyChangeSet, type HostState, isInSync } from '@patchbay/model';
import { changeSetFromAction } from '../../mapping/change-set.ts';
import { changeHost } from '../../operations/change-host.ts';
import { commitHost, refreshHost } from '../../operations/commit-host.ts';
import type { Engine } from '../../operations/engine.ts';
import { Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { act } from '../verbs.ts';
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
  const find = (request: ApiRequest) => findHost(engine, request);
  const findCluster = (request: ApiRequest) => findById(engine, 'cluster', request.params['cluster'], 'cluster');
  const setup = (path: string): Route => {
    const route = act(path, find, async (host, body, request) => {
      const changeSet = changeSetFromAction(body);
      if (changeSet instanceof Problem) return changeSet;
      const wanted = { hostId: host.id, description: 'Setting up networks', build: () => changeSet };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    });
    // Refused like an update, not like the other actions (wire 4.1).
    return { ...route, action: false };
  };
  return [
    setup('/hosts/:host/setupnetworks'),
    setup('/hosts/:host/hostsetupnetworks'),
    act('/hosts/:host/syncallnetworks', find, (host, _body, request) => {
      const wanted = { hostId: host.id, description: 'Synchronising all networks', build: everythingInSync };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    }),
    act('/clusters/:cluster/syncallnetworks', findCluster, async (cluster, _body, request) => {
      const hosts = (await engine.store.list('host', cluster.id)).filter((h) => h.status === 'up');
      for (const host of hosts) {
        // The caller does not wait for the hosts; each failure is in the events.
        void changeHost(engine, host.id, actorOf(request), 'Synchronising all networks', everythingInSync).catch(
          (error: unknown) => engine.log.error({ err: error, host: host.name }, 'synchronising failed'),
        );
      }
      return done(request.base);
    }),
    act('/hosts/:host/commitnetconfig', find, async (host, _body, request) => {
      return (await commitHost(engine, host, actorOf(request))) ?? done(request.base);
    }),
    act('/hosts/:host/refresh', find, async (host, _body, request) => {
      return (await refreshHost(engine, host, actorOf(request))) ?? done(request.base);
    }),
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
