/** How long a guard has patience with a living agent. Milliseconds. */

/** What an apply may take; each step adds a little. */
export const APPLY_BUDGET = 60_000;
export const PER_STEP = 100;
/** What a revert may take. */
export const REVERT_BUDGET = 120_000;
/** After the deadline, until an agent that did nothing is taken for dead. */
export const GUARD_GRACE = 5_000;
