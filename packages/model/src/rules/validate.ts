import type { Completed } from '../complete/completed.ts';
import type { Violation, Warning } from '../violation.ts';

export interface Verdict {
  /** All independent violations; the first is the one oVirt would stop at. */
  violations: Violation[];
  warnings: Warning[];
}

/** Judges a completed request. Never throws. */
export function validate(completed: Completed): Verdict {
  void completed;
  return { violations: [], warnings: [] };
}
