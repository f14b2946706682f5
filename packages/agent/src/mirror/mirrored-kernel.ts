/** The real kernel, seen through its {@link Mirror}. The guard and every revert look at the kernel itself. */
import type { KernelOp } from '@patchbay/protocol';
import type { LinuxKernel } from '../execute/linux-kernel.ts';
import type { Execution, Kernel, KernelState } from '../kernel.ts';
import type { CloserLook } from '../observe/ethtool.ts';
import type { Log } from '../transaction/parts.ts';
import { Bursts } from './bursts.ts';
import { Mirror } from './mirror.ts';

/** From so many steps on, following them by their events costs more than reading all afterwards. */
const MANY = 150;

export class MirroredKernel implements Kernel {
  readonly mirror: Mirror;
  readonly #kernel: LinuxKernel;
  readonly #bursts: Bursts;

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
    return this.#kernel.complete(await this.mirror.look(also.keys()), also);
  }

  async execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution> {
    if (ops.length < MANY) return this.#kernel.execute(ops, betweenRuns);
    this.mirror.pause();
    try {
      return await this.#kernel.execute(ops, betweenRuns);
    } finally {
      this.mirror.resume();
    }
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
