/** Actions that change or re-read a host's networks: setupnetworks, commitnetconfig, syncallnetworks, refresh (wire 5.2). */
import { driftedFunctions, emptyChangeSet, type HostState, isInSync } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { changeSetFromAction } from '../../mapping/change-set.ts';
import { commitHost, refreshHost } from '../../operations/commit-host.ts';
import type { Engine } from '../../operations/engine.ts';
import { syncCluster } from '../../operations/propagation/sync-cluster.ts';
import { Problem } from '../../problem.ts';
import type { ApiRequest, Route } from '../api.ts';
import { act } from '../verbs.ts';
import { actorOf, done, findById, findHost, rolloutOptions } from './common.ts';
import { answerHostChange } from './host-change.ts';
import { inItsOwnTime } from './in-its-own-time.ts';

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

/** The same, as an action has them in its body. */
export function actionOptions(body: ApiObject<'action'>) {
  const { check_connectivity: check, connectivity_timeout: timeout, commit_on_success: commit, force } = body;
  return {
    ...(check === undefined ? {} : { checkConnectivity: check }),
    ...(timeout === undefined ? {} : { connectivityTimeout: timeout }),
    ...(commit === undefined ? {} : { commitOnSuccess: commit }),
    ...(force === undefined ? {} : { force }),
  };
}

export function setupNetworks(engine: Engine): Route[] {
  const find = (request: ApiRequest) => findHost(engine, request);
  const findCluster = (request: ApiRequest) => findById(engine, 'cluster', request.params['cluster'], 'cluster');
  const setup = (path: string): Route =>
    act(path, find, async (host, body, request) => {
      const changeSet = changeSetFromAction(body);
      if (changeSet instanceof Problem) return changeSet;
      const wanted = { hostId: host.id, description: 'Setting up networks', build: () => changeSet };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    });
  return [
    setup('/hosts/:host/setupnetworks'),
    setup('/hosts/:host/hostsetupnetworks'),
    act('/hosts/:host/syncallnetworks', find, (host, _body, request) => {
      const wanted = { hostId: host.id, description: 'Synchronising all networks', build: everythingInSync };
      return answerHostChange(engine, request, wanted, ({ jobId }) => done(request.base, jobId));
    }),
    act('/clusters/:cluster/syncallnetworks', findCluster, async (cluster, _body, request) => {
      return done(request.base, await syncCluster(engine, actorOf(request), cluster, rolloutOptions(request)));
    }),
    act('/hosts/:host/commitnetconfig', find, async (host, _body, request) => {
      const commit = async () => (await commitHost(engine, host, actorOf(request))) ?? done(request.base);
      return inItsOwnTime(engine, request, `Saving the networks of host ${host.name}`, host.id, commit);
    }),
    act('/hosts/:host/refresh', find, async (host, _body, request) => {
      const refresh = async () => (await refreshHost(engine, host, actorOf(request))) ?? done(request.base);
      return inItsOwnTime(engine, request, `Refreshing host ${host.name}`, host.id, refresh);
    }),
  ];
}

/** Every attachment that differs from its wish, or is missing on the host, in one order (rules 4.1); and virtual functions. */
function everythingInSync(state: HostState) {
  const out = state.attachments.filter((attachment) => isInSync(state, attachment) === false);
  return {
    ...emptyChangeSet(),
    commitOnSuccess: true,
    synchronized: out.map(({ id }) => ({ id, path: 'networks that are out of sync' })),
    virtualFunctions: driftedFunctions(state),
  };
}
