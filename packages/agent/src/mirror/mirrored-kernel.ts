/** The real kernel, seen through its {@link Mirror}. The guard and every revert look at the kernel itself. */
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import type { LinuxKernel } from '../execute/linux-kernel.ts';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';
import type { Log } from '../transaction/parts.ts';
import { Bursts } from './bursts.ts';
import { Mirror } from './mirror.ts';

/** From so many steps on, each device of a group being one, following them by their events costs more than reading all afterwards. */
const MANY = 150;

export class MirroredKernel implements Kernel {
  readonly mirror: Mirror;
  readonly #kernel: LinuxKernel;
  readonly #bursts: Bursts;
  #unheard = false;

  /** @param act called when something has happened in the kernel, once for each burst of events */
  constructor(kernel: LinuxKernel, act: () => void, log: Log) {
    this.#kernel = kernel;
    this.#bursts = new Bursts(act);
    const listener = { changed: () => this.#bursts.ring(), failedOver: () => this.#bursts.hurry() };
    this.mirror = new Mirror(kernel.questions, kernel.environment, listener, log);
  }

  /** Begins to follow the kernel; before, every look reads all. */
  start(): void {
    this.mirror.start();
  }

  async observe(also: CloserLook = new Map()): Promise<KernelState> {
    if (!this.#unheard) return this.#kernel.complete(await this.mirror.look(also.keys()), also);
    // All has to be read in any case, and whoever waits for that need not wait for a monitor to begin as well.
    const state = await this.#kernel.observe(also);
    this.#hearAgain();
    return state;
  }

  /** The links alone, as `ip` shows them, for whoever looks at every event. */
  async links(): Promise<LinkReport[]> {
    const { links } = await (this.#unheard ? this.observe() : this.mirror.look());
    return links;
  }

  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    if (steps(ops) < MANY) return this.#kernel.execute(ops, betweenRuns);
    if (!this.#unheard) this.mirror.pause();
    this.#unheard = true;
    return this.#kernel.execute(ops, betweenRuns);
  }

  /** Follows the kernel again after many steps that were not followed. */
  #hearAgain(): void {
    if (this.#unheard) this.mirror.resume();
    this.#unheard = false;
  }

  /** Resolves when next something happens, at the latest after so many milliseconds. */
  settle(milliseconds: number): Promise<void> {
    return this.#bursts.settle(milliseconds);
  }

  close(): void {
    this.mirror.close();
    this.#bursts.close();
  }
}

function steps(ops: readonly KernelOp[]): number {
  return ops.reduce((sum, op) => sum + (op.kind === 'link.del-group' ? op.names.length : 1), 0);
}
