/** What a transaction is made of. Everything it does to the world goes through these, so a test can hold each of them. */
import type { HandBackWish, HostConfig, KernelOp, Plan } from '@patchbay/protocol';
import type { Kernel, KernelState } from '../kernel.ts';
import type { Disk } from '../persist/disk.ts';
import type { Documents } from '../persist/documents.ts';
import type { Journal } from '../persist/journal.ts';
import type { KeptFiles } from '../persist/kept-files.ts';
import type { Outcomes } from '../persist/outcomes.ts';
import type { ProcessId } from '../persist/process-id.ts';
import type { KeptMacs } from '../plan/kept-macs.ts';
import type { Planned } from '../plan/plan-for.ts';
import type { Rehearsed } from '../rehearse/rehearse.ts';
import type { Checkpoints } from './checkpoint.ts';
import type { Insist } from './until-written.ts';

export type { Planned };

/** The pure functions of `plan/`. */
export interface Planner {
  /**
   * Steps from the kernel as it is to the config; none when it is there.
   * @param management address or device that carries the engine's connection
   * @param kept MACs of bonds and bridges that have been here before; they count where the kernel does not have those
   * @param whole what the config is a part of: what stands for the rest of it is left as it is
   */
  forward(
    state: KernelState,
    config: HostConfig,
    management: string | null,
    kept?: KeptMacs,
    whole?: HostConfig,
  ): Planned;
  /** Steps from the kernel as it is, however half-done, back to the snapshot; none when it is there. */
  restore(state: KernelState, snapshot: KernelState, management: string | null): Plan;
}

export type Log = (level: 'info' | 'warn' | 'error', message: string, facts?: Record<string, unknown>) => void;

/** Neighbours on a wire: whether their hardware address is known. */
export interface Neighbours {
  /** Whether the kernel knows it now. */
  known(device: string, address: string): Promise<boolean>;
  /**
   * Whether it answers: forgets what is known and asks anew.
   * @param patience milliseconds for which it is asked again when there is no answer
   */
  answers(device: string, address: string, patience: number): Promise<boolean>;
}

/** What it takes to bring the kernel back; all that the guard has. */
export interface Restorer {
  kernel: Kernel;
  neighbours: Neighbours;
  /** Files beside the kernel that a change touches. */
  files: KeptFiles;
  planner: Planner;
  disk: Disk;
  stateDirectory: string;
  documents: Documents;
  checkpoints: Checkpoints;
  self: ProcessId;
  /**
   * Has other managers leave to Patchbay at the next boot what this config is about. Safe to repeat.
   * @param former the config that it replaces, if it does
   */
  keepClaims(committed: HostConfig, former?: HostConfig): Promise<void>;
  /** Ends what a killed predecessor still has running on the kernel; waits a few seconds at most for what does not go. */
  endStrays(): Promise<void>;
  /** Resolves when udev, where the host has it, has done to the devices that are there what its rules say, or takes too long. */
  udevHasActed(): Promise<void>;
  /** Restarts the host at once, without asking anybody. */
  reboot(): Promise<void>;
  log: Log;
}

/** The agent's side of a guard that has read the snapshot and set its timer. */
export interface ArmedGuard {
  /** Aborted when the guard is gone. */
  lost: AbortSignal;
  /** New end of its patience with a living agent, milliseconds on the boot-time clock. */
  watch(until: number): void;
  /** The change is to be kept: it does not take it back any more, also where it cannot read so. */
  keep(): void;
  /** The transaction is over. */
  disarm(): void;
}

export interface Guards {
  /**
   * Has a guard started.
   * @param until boot-time clock at which its patience with the living agent ends
   * @param latest boot-time clock at which the transaction has surely ended, whoever died over it
   * @throws when no guard has acknowledged in time
   */
  arm(journal: Journal, until: number, latest: number): Promise<ArmedGuard>;
  /** Takes over a transaction that waits for its confirm from a dead agent; null when no guard hands it over. */
  adopt(journal: Journal, until: number): Promise<ArmedGuard | null>;
  /**
   * Resolves when that process, which reverts, has ended.
   * @param patience milliseconds after which it is ended
   */
  gone(process: ProcessId, patience: number): Promise<void>;
}

/** A question for the confirm of one transaction, and what makes an answer count. */
export interface Question {
  transaction: string;
  /** SHA-256, hex, of the nonce that the engine has to reveal. */
  nonceHash: string;
  /** Device on which the connection has to arrive; null: any but the loopback. */
  northbound: string | null;
}

/** Asks an engine over a connection opened from now on. Tries until it has the nonce (true) or the signal ends it (false). */
export type Confirm = (question: Question, signal: AbortSignal) => Promise<boolean>;

/** The two ends of the connection to an engine, as addresses. */
export interface Ends {
  local: string;
  remote: string;
}

export interface TransactionParts extends Restorer {
  /** The same kernel, seen through what is known of it already. A revert looks at the kernel itself. */
  live: Kernel;
  /** Steps from what is ours to the same in another manager's hands. @param running what is ours */
  handBack(state: KernelState, running: HostConfig, wish: HandBackWish): Planned;
  /** Runs the ops where they change nothing, on what stands in for this host. @param before what the ops rest on */
  rehearse(before: KernelState, ops: readonly KernelOp[]): Promise<Rehearsed>;
  outcomes: Outcomes;
  guards: Guards;
  confirm: Confirm;
  /** How the end of a transaction gets onto the disk. */
  insist: Insist;
  /** Does one thing to the kernel at a time: leases are kept up by the side of transactions. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when the kernel may have changed, at the latest after so many milliseconds. */
  settle(milliseconds: number): Promise<void>;
  /** Device that carries the connection to the engine, or address of this host in it, when there is or was one. */
  management(): string | null;
  /** The ends of that connection, where a confirm has to come over the same way. */
  connection(): Ends | null;
  /** Whether a host that cannot be brought back is restarted. */
  rescueReboot: boolean;
  /** Device of a hardware watchdog for the time of a change (rule 5); null for none. */
  watchdog: string | null;
}
