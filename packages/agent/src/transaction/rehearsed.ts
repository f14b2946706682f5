/** What a rehearsal means for the transaction: a step that the kernel refuses ends it before anything has happened. */
import type { AgentProblem, Plan } from '@patchbay/protocol';
import { describe } from '../execute/describe.ts';
import type { KernelState } from '../kernel.ts';
import type { TransactionParts } from './parts.ts';

/** @returns why the plan must not be carried out; null when nothing speaks against it */
export async function rehearsed(
  { rehearse, log }: Pick<TransactionParts, 'rehearse' | 'log'>,
  before: KernelState,
  plan: Plan,
): Promise<AgentProblem | null> {
  const result = await rehearse(before, plan.ops);
  if (result.verdict === 'impossible') log('warn', 'the change could not be rehearsed', { reason: result.reason });
  if (result.verdict !== 'refused') return null;
  return {
    code: 'ERR_REHEARSAL',
    message:
      `In a rehearsal on this host the kernel refused a step: ${describe(result.op)}: ${result.message}. ` +
      'Change what is asked for, or send it again without a rehearsal (rehearse=false).',
  };
}
