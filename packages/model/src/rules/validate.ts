import type { Completed } from '../complete/completed.ts';
import type { Violation, Warning } from '../violation.ts';
import { advise } from './advice/index.ts';
import { hostChangeRules } from './index.ts';
import { checkAll } from './rule.ts';

export interface Verdict {
  /** All independent violations; the first is the one oVirt would stop at. */
  violations: Violation[];
  warnings: Warning[];
}

/**
 * Judges a completed request. Never throws. A request with violations must not be carried further: host config and stored
 * records are only defined for valid ones.
 */
export function validate(completed: Completed): Verdict {
  return { violations: checkAll(hostChangeRules, completed), warnings: advise(completed) };
}
