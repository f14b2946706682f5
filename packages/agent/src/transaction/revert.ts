/** Takes a transaction back: convergence to its snapshot, verified, by one process at a time (host.md §4.5 rules 1 and 9). */
import type { AgentProblem, Plan } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { type CloserLook, looked } from '../observe/ethtool.ts';
import { takeClaim } from '../persist/claim.ts';
import type { Journal } from '../persist/journal.ts';
import { converge } from './converge.ts';
import type { Restorer } from './parts.ts';
import { managementOnly } from './rescue.ts';

/**
 * Decides for revert, unless the commit was decided before, and carries it out.
 * @returns how it ended; `confirmed` when the transaction may only be committed any more; `elsewhere` while another living
 *   process is doing it
 */
export async function revert(
  parts: Restorer,
  journal: Journal,
  problem: AgentProblem,
): Promise<'REVERTED' | 'REVERT_FAILED' | 'confirmed' | 'elsewhere'> {
  const { way } = await journal.decide({ way: 'revert', problem });
  if (way === 'commit') return 'confirmed';
  await parts.checkpoints.reach('REVERTING');
  if (!(await takeClaim(parts.disk, journal.folder, parts.self))) return 'elsewhere';
  await parts.endStrays();
  const failure = await climb(parts, journal);
  await parts.keepClaims(await parts.documents.committed());
  const end = failure === null ? 'REVERTED' : 'REVERT_FAILED';
  await journal.mark(end, { failure });
  await parts.checkpoints.reach(end);
  return end;
}

/** The ladder. @returns null when the snapshot is back, else what is wrong and how far down the kernel was brought */
async function climb(parts: Restorer, journal: Journal): Promise<string | null> {
  const snapshot = await journal.snapshot();
  const committed = await parts.documents.committed();
  const { management } = journal.record;
  const rungs: { name: string; plan: (state: KernelState) => Plan }[] = [
    { name: 'snapshot', plan: (state) => parts.planner.restore(state, snapshot, management) },
    {
      name: 'committed config',
      plan: (state) => {
        const planned = parts.planner.forward(state, committed, management);
        if (!planned.ok) throw new Error(planned.problem.message);
        return planned.value;
      },
    },
    {
      name: 'management path',
      plan: (state) => parts.planner.restore(state, managementOnly(state, snapshot, management), management),
    },
  ];
  const failures: string[] = [];
  for (const rung of rungs) {
    const message = await tryRung(parts, rung, looked(snapshot));
    if (message === null) {
      return failures.length === 0
        ? null
        : `${failures.join(' ')} The host was brought back to its ${rung.name} instead.`;
    }
    parts.log('error', 'revert rung failed', { transaction: journal.id, rung: rung.name, reason: message });
    failures.push(`Not back to the ${rung.name}: ${message}`);
  }
  return failures.join(' ');
}

async function tryRung(
  parts: Restorer,
  rung: { name: string; plan: (state: KernelState) => Plan },
  also: CloserLook,
): Promise<string | null> {
  try {
    const reach = () => parts.checkpoints.reach(`revert ${rung.name} run`);
    const converged = await converge(parts.kernel, rung.plan, reach, also);
    if (!converged.ok) return converged.message;
    if (converged.complaint !== null)
      parts.log('error', 'another manager did not hear', { reason: converged.complaint });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
