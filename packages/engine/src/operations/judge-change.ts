/** The half of a host change in which nothing happens: what is asked of the host as it stands, and what the rules say. */
import {
  type ChangeSet,
  type Completed,
  complete,
  type HostState,
  toHostConfig,
  type Verdict,
  validate,
} from '@patchbay/model';
import { emptyHostConfig, type HostConfig } from '@patchbay/protocol';
import { invalid, Problem } from '../problem.ts';
import type { Engine } from './engine.ts';
import { addressesElsewhere, loadHost } from './load-host.ts';
import { withWorkload } from './workloads.ts';

/** @returns a problem, or what to change; it may look at the state as it is under the lock */
export type Build = (state: HostState) => ChangeSet | Problem | Promise<ChangeSet | Problem>;

export interface Judged extends Verdict {
  completed: Completed;
}

/**
 * @param internal for our own follow-ups, which may also act on a host that is being installed
 * @returns a problem when there is no change to judge; violations are no problem here
 */
export async function judgeChange(
  engine: Engine,
  hostId: string,
  build: Build,
  internal: boolean,
): Promise<Judged | Problem> {
  const stored = await loadHost(engine.store, hostId);
  if (stored === undefined) return goneMeanwhile(hostId);
  const full = await withWorkload(engine.workloads, stored);
  const state: HostState = internal ? { ...full, host: { ...full.host, status: 'up' } } : full;
  const changeSet = await build(state);
  if (changeSet instanceof Problem) return changeSet;
  const asked = complete(state, changeSet);
  const elsewhere = await addressesElsewhere(engine.store, asked);
  const completed = { ...asked, state: { ...asked.state, addressesElsewhere: elsewhere } };
  return { completed, ...validate(completed) };
}

/** The address was right when the request came (else it is REQ-04); the host was removed while it waited, or was changed. */
export function goneMeanwhile(host: string): Problem {
  const text = `Host ${host} was removed meanwhile; a change that it has not confirmed, it takes back by itself.`;
  return invalid('HOST-01', `${text} (HOST-01, ACTION_TYPE_FAILED_HOST_NOT_EXIST)`);
}

/** Whether there is anything to tell the host. */
export function asksHost({ nothingToDo, engineOnly }: Completed): boolean {
  return !nothingToDo && !engineOnly;
}

/** What the host runs, and what a valid change makes of it: all of the host, with what the change does not mention as it runs. */
export async function configsOf(
  engine: Engine,
  completed: Completed,
): Promise<{ before: HostConfig; after: HostConfig }> {
  const { host } = completed.state;
  const before = (await engine.store.get('report', host.id))?.report.running ?? emptyHostConfig;
  return { before, after: asksHost(completed) ? toHostConfig(completed, before.networks) : before };
}
