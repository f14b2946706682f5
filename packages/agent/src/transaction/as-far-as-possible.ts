/** A kernel that goes on after a step that it refuses: for a boot, where one thing that fails must not cost all the others. */
import { isDeepStrictEqual } from 'node:util';
import type { KernelOp } from '@patchbay/protocol';
import { apart } from '../execute/runs.ts';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';
import { stepsWithout } from '../plan/steps-without.ts';
import { name } from './converge.ts';

/** Refusals that are told word for word. */
const TOLD = 5;

/**
 * Of a plan for the state that it showed last, it does what does not rest on a refused step. A step is refused once: each costs a program
 * that is started anew for the rest, and planning anew a moment later would ask for it again.
 */
export class AsFarAsPossible implements Kernel {
  readonly #kernel: Kernel;
  #shown: KernelState | null = null;
  /** Steps that were refused, as text, with the reason. */
  readonly #refused = new Map<string, string>();
  /** Steps of the last execution that were not. */
  #taken: readonly KernelOp[] = [];

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  async observe(also?: CloserLook): Promise<KernelState> {
    this.#shown = await this.#kernel.observe(also);
    return this.#shown;
  }

  async execute(plan: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    const state = this.#shown ?? (await this.#kernel.observe());
    const taken = new Set<KernelOp>();
    const failed = new Set<KernelOp>();
    let first: Execution = { ok: true };
    for (let steps = plan; steps.length > 0; steps = stepsWithout(state, plan, taken, failed)) {
      const execution = await this.#kernel.execute(steps, betweenRuns);
      if (execution.ok) {
        for (const op of steps) taken.add(op);
        break;
      }
      // A step may have been refused in a part of it.
      const at = steps.findIndex((op) => apart(op).some((part) => isDeepStrictEqual(part, execution.failed)));
      const step = steps[at];
      if (step === undefined) return execution;
      for (const op of steps.slice(0, at)) taken.add(op);
      failed.add(step);
      // Where a program could not be started, or was ended, nothing was refused.
      if (execution.cut !== true) this.#refused.set(JSON.stringify(step), execution.message);
      if (first.ok) first = { ...execution, failed: step };
    }
    this.#taken = [...taken];
    return first;
  }

  /** What of a plan is left to do: no step that was refused before, and none that rests on one. */
  possible(state: KernelState, plan: readonly KernelOp[]): readonly KernelOp[] {
    const refused = new Set(plan.filter((op) => this.#refused.has(JSON.stringify(op))));
    if (refused.size === 0) return plan;
    // What was just done is only planned again as the end of what would follow a refused step.
    const done = new Set(this.#taken.map((op) => JSON.stringify(op)));
    return stepsWithout(state, plan, new Set(), refused).filter((op) => !done.has(JSON.stringify(op)));
  }

  /** The refusals for which these steps are still to be taken, each a sentence. */
  refusals(steps: readonly KernelOp[]): string[] {
    const all = steps.flatMap((op) => {
      const reason = this.#refused.get(JSON.stringify(op));
      return reason === undefined ? [] : `${name(op)} was refused: ${reason}`;
    });
    const more = all.length - TOLD;
    return more > 0 ? [...all.slice(0, TOLD), `${more} more ${more === 1 ? 'step was' : 'steps were'} refused.`] : all;
  }
}
