/** For tests: what an agent without an engine shall do, and what it says about it. Both travel as JSON. */
import type { HostConfig } from '@patchbay/protocol';
import type { Ended } from '../../persist/outcomes.ts';

export interface Script {
  transaction: string;
  config: HostConfig;
  /** Whether the engine confirms at once, never, or as soon as the file `confirm` lies in the state directory. */
  engine: 'confirms' | 'silent' | 'waits';
  /** Milliseconds. */
  confirmTimeout: number;
  checkConnectivity: boolean;
  commit: boolean;
  /** Every step is a run of its own, so that a kill can hit between any two. */
  stepwise: boolean;
  /** Ends of the connection to the engine, if there shall seem to be one. */
  connection?: { local: string; remote: string };
  /** Kind of operation that the kernel is made to refuse. */
  refuses?: string;
  rescueReboot?: boolean;
  /** Device. */
  watchdog?: string;
  /** Who starts the guards; shells of the agent when absent. */
  guards?: 'systemd';
}

export interface Said {
  ended: Ended | null;
  /** Everything of the kernel that a change may touch, without what a kernel numbers or times by itself. */
  kernel: string;
  running: HostConfig;
  committed: HostConfig;
  /** Transactions whose journal is still there. */
  open: string[];
}
