import type { Plan, PlanSummary } from '@patchbay/protocol';
import { describe } from './describe.ts';

/** A plan as people are shown it. */
export function summarise({ ops, risks, touchesManagement, expectedOutage }: Omit<Plan, 'settleTime'>): PlanSummary {
  const steps = ops.map((op) => ({ kind: op.kind, text: describe(op) }));
  return { steps, risks, touchesManagement, expectedOutage };
}
