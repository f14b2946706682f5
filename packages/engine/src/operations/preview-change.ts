/** Everything of a host change but the change: nothing is stored, and the host is only asked for its plan. */
import { type Completed, type ConfigDifference, configDifference, type Violation, type Warning } from '@patchbay/model';
import { type agentMethods, type Params, type PlanSummary, RpcError } from '@patchbay/protocol';
import { hostFailed, notFound, Problem, Refusal } from '../problem.ts';
import type { Engine } from './engine.ts';
import { holdHost } from './hold-host.ts';
import { asksHost, type Build, configsOf, type Judged, judgeChange } from './judge-change.ts';

const callTimeout = 20_000;

export interface ChangePreview {
  hostId: string;
  /** Null when the call is refused before there is a change set to complete. */
  completed: Completed | null;
  violations: readonly Violation[];
  warnings: readonly Warning[];
  /** From what the host runs to what it would be told; null when violations leave nothing to tell. */
  differences: ConfigDifference[] | null;
  /** What the host would do; null when it was not or could not be asked. */
  plan: PlanSummary | null;
  /** Why the host has no plan for a change that the rules let through. */
  problem: Problem | null;
}

/**
 * @param rehearse whether the host tries its plan in a scratch network namespace; as it is set when null
 * @returns a problem when there is no change to preview; one that the rules refuse is previewed with its violations
 */
export async function previewChange(
  engine: Engine,
  hostId: string,
  build: Build,
  rehearse: boolean | null,
): Promise<ChangePreview | Problem> {
  const host = await engine.store.get('host', hostId);
  if (host === undefined) return notFound('host', hostId);
  return holdHost(engine, host, async () => {
    const judged = await judgeChange(engine, hostId, build, false);
    if (!(judged instanceof Problem)) return preview(engine, judged, rehearse);
    if (!(judged instanceof Refusal)) return judged;
    const nothing = { completed: null, warnings: [], differences: null, plan: null, problem: null };
    return { ...nothing, hostId, violations: judged.violations };
  });
}

async function preview(
  engine: Engine,
  { completed, violations, warnings }: Judged,
  rehearse: boolean | null,
): Promise<ChangePreview> {
  const { host, settings } = completed.state;
  const known = { hostId: host.id, completed, violations, warnings };
  // Whether the host is in service says nothing about the request: its config can be built all the same.
  if (violations.some(({ rule }) => rule !== 'HOST-02'))
    return { ...known, differences: null, plan: null, problem: null };
  const { before, after } = await configsOf(engine, completed);
  const differences = configDifference(before, after);
  const { force } = completed.request;
  const asked = { config: after, rehearse: rehearse ?? settings.changesRehearsed, ...(force ? { force } : {}) };
  const plan = asksHost(completed) ? await askPlan(engine, host, asked) : noPlan;
  return plan instanceof Problem
    ? { ...known, differences, plan: null, problem: plan }
    : { ...known, differences, plan, problem: null };
}

/** A host that need not be asked does nothing. */
const noPlan: PlanSummary = { steps: [], risks: [], touchesManagement: false, expectedOutage: 0 };

async function askPlan(
  engine: Engine,
  host: { id: string; name: string },
  asked: Params<typeof agentMethods, 'plan'>,
): Promise<PlanSummary | Problem> {
  try {
    const { plan } = await engine.hosts.call(host.id, 'plan', asked, callTimeout);
    return plan;
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
