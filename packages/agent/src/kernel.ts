/** The one door to a kernel: real (`observe/`, `execute/`) or in memory (`lab`). */
import type { HostReport, KernelOp } from '@patchbay/protocol';
import type { CloserLook } from './observe/ethtool.ts';
import type { Offers } from './observe/offers.ts';

/** What can be read from the kernel itself, without Patchbay's own documents. Also the form of a transaction's snapshot. */
export type KernelState = Omit<HostReport, 'running' | 'committed' | 'drift' | 'stateVersion' | 'features'> & {
  /** Absent: as {@link documented}. */
  offers?: Offers;
};

export type Execution =
  | { ok: true }
  /** `cut`: nothing was refused, because a program could not be started or was ended by somebody else. */
  | { ok: false; failed: KernelOp; message: string; cut?: boolean };

export interface Kernel {
  /**
   * Reads everything in one pass.
   * @param also settings of nics that are only read where somebody asks
   */
  observe(also?: CloserLook): Promise<KernelState>;
  /**
   * Applies the ops in order, in as few runs as possible, and stops at the first that the kernel refuses.
   * @param betweenRuns awaited before each run, for example to notice an abort; a throw stops the execution there
   */
  execute(ops: readonly KernelOp[], betweenRuns?: () => Promise<void>): Promise<Execution>;
}
