/** Everything of a host change but the change: nothing is stored, and the host is only asked for its plan. */
import { type Completed, type ConfigDifference, configDifference, type Violation, type Warning } from '@patchbay/model';
import { emptyHostConfig, type HostConfig, type Plan, RpcError } from '@patchbay/protocol';
import { hostFailed, notFound, Problem, Refusal } from '../problem.ts';
import type { Engine } from './engine.ts';
import { holdHost } from './hold-host.ts';
import { type Build, type Judged, judgeChange, wantedConfig } from './judge-change.ts';

const callTimeout = 20_000;

export interface ChangePreview {
  hostId: string;
  /** Null when the call is refused before there is a change set to complete. */
  completed: Completed | null;
  violations: readonly Violation[];
  warnings: readonly Warning[];
  /** From what the host runs to what it would be told; null when violations leave nothing to tell. */
  differences: ConfigDifference[] | null;
  /** What the host would do, with a line for people per step; null when it was not or could not be asked. */
  plan: { plan: Plan; text: string[] } | null;
  /** Why the host has no plan for a change that the rules let through. */
  problem: Problem | null;
}

/** @returns a problem when there is no change to preview; one that the rules refuse is previewed with its violations */
export async function previewChange(engine: Engine, hostId: string, build: Build): Promise<ChangePreview | Problem> {
  const host = await engine.store.get('host', hostId);
  if (host === undefined) return notFound('host', hostId);
  return holdHost(engine, host, async () => {
    const judged = await judgeChange(engine, hostId, build, false);
    if (!(judged instanceof Problem)) return preview(engine, judged);
    if (!(judged instanceof Refusal)) return judged;
    const nothing = { completed: null, warnings: [], differences: null, plan: null, problem: null };
    return { ...nothing, hostId, violations: judged.violations };
  });
}

async function preview(engine: Engine, { completed, violations, warnings }: Judged): Promise<ChangePreview> {
  const { host } = completed.state;
  const known = { hostId: host.id, completed, violations, warnings };
  // Whether the host is in service says nothing about the request: its config can be built all the same.
  if (violations.some(({ rule }) => rule !== 'HOST-02'))
    return { ...known, differences: null, plan: null, problem: null };
  if (completed.nothingToDo || completed.labelsOnly) return { ...known, differences: [], plan: noPlan, problem: null };
  const config = await wantedConfig(engine, completed);
  const running = (await engine.store.get('report', host.id))?.report.running ?? emptyHostConfig;
  const plan = await askPlan(engine, host, config);
  const differences = configDifference(running, config);
  return plan instanceof Problem
    ? { ...known, differences, plan: null, problem: plan }
    : { ...known, differences, plan, problem: null };
}

/** A host that need not be asked does nothing. */
const noPlan: NonNullable<ChangePreview['plan']> = {
  plan: { ops: [], risks: [], touchesManagement: false, expectedOutage: 0 },
  text: [],
};

async function askPlan(
  engine: Engine,
  host: { id: string; name: string },
  config: HostConfig,
): Promise<NonNullable<ChangePreview['plan']> | Problem> {
  try {
    return await engine.hosts.call(host.id, 'plan', { config }, callTimeout);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    return error.reason === 'refused'
      ? hostFailed(502, 'REFUSED', `Host ${host.name} would refuse the change: ${error.message}`)
      : hostFailed(
          504,
          'NOT_CONNECTED',
          `Host ${host.name} could not be asked for the steps: ${error.message} Check its agent and its management network.`,
        );
  }
}
