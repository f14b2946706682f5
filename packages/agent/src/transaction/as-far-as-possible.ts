/** A kernel that goes on after a step that it refuses: for a boot, where one thing that fails must not cost all the others. */
import { isDeepStrictEqual } from 'node:util';
import type { KernelOp } from '@patchbay/protocol';
import { apart } from '../execute/runs.ts';
import type { Kernel, KernelState } from '../kernel.ts';
import { stepsWithout } from '../plan/steps-without.ts';
import { name } from './converge.ts';

/** Refusals that are told word for word. */
const TOLD = 5;

/** Of a plan for the state that it showed last, it does what does not rest on a refused step. The end of an execution tells every refusal. */
export function asFarAsPossible(kernel: Kernel): Kernel {
  let shown: KernelState | null = null;
  return {
    async observe(also) {
      shown = await kernel.observe(also);
      return shown;
    },
    async execute(plan, betweenRuns) {
      const state = shown ?? (await kernel.observe());
      const taken = new Set<KernelOp>();
      const refused = new Map<KernelOp, string>();
      for (let steps = plan; steps.length > 0; steps = stepsWithout(state, plan, taken, new Set(refused.keys()))) {
        const execution = await kernel.execute(steps, betweenRuns);
        if (execution.ok) break;
        // A step may have been refused in a part of it.
        const at = steps.findIndex((op) => apart(op).some((part) => isDeepStrictEqual(part, execution.failed)));
        const step = steps[at];
        if (step === undefined) return execution;
        for (const op of steps.slice(0, at)) taken.add(op);
        refused.set(step, execution.message);
      }
      const [first, ...others] = refused;
      if (first === undefined) return { ok: true };
      const [failed, message] = first;
      const told = others.slice(0, TOLD - 1).map(([op, reason]) => `${name(op)} was refused: ${reason}`);
      const more = others.length - told.length;
      const untold = more > 0 ? [`${more} more ${more === 1 ? 'step was' : 'steps were'} refused.`] : [];
      return { ok: false, failed, message: [message, ...told, ...untold].join(' ') };
    },
  };
}
