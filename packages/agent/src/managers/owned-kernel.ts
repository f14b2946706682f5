/** The kernel together with the other programs that change it: who has which device is part of its state, and of a plan. */
import type { KernelOp } from '@patchbay/protocol';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';
import type { Managers } from './managers.ts';

export class OwnedKernel implements Kernel {
  readonly #kernel: Kernel;
  readonly #managers: Managers;

  constructor(kernel: Kernel, managers: Managers) {
    this.#kernel = kernel;
    this.#managers = managers;
  }

  async observe(also?: CloserLook): Promise<KernelState> {
    const state = await this.#kernel.observe(also);
    return { ...state, managers: this.#managers.look(state.links) };
  }

  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    for (let at = 0; at < ops.length; ) {
      const op = ops[at];
      if (op !== undefined && 'manager' in op) {
        await betweenRuns?.();
        const failed = await this.#tell(op);
        if (failed !== null) return { ok: false, failed: op, message: failed };
        at += 1;
        continue;
      }
      const next = ops.findIndex((one, index) => index > at && 'manager' in one);
      const end = next < 0 ? ops.length : next;
      const execution = await this.#kernel.execute(ops.slice(at, end), betweenRuns);
      if (!execution.ok) return execution;
      at = end;
    }
    return { ok: true };
  }

  /** @returns why it did not work; null when it did */
  async #tell(op: Extract<KernelOp, { manager: unknown }>): Promise<string | null> {
    try {
      if (op.kind === 'manager.claim') await this.#managers.claim(op);
      else if (op.kind === 'manager.release') await this.#managers.release(op);
      else await this.#managers.handBack(op);
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}
