/** What the operations need of the world: small interfaces that `main` joins to real things. */
import type { AgentMethod, agentMethods, Params, Result } from '@patchbay/protocol';
import type { Logger } from 'pino';
import type { Problem } from '../problem.ts';
import type { Store, User } from '../store/index.ts';
import type { DarkNics } from './host-health.ts';
import type { HostLocks } from './host-lock.ts';
import type { Outcomes } from './outcomes.ts';
import type { Rollouts } from './propagation/rollouts.ts';
import type { Workloads } from './workloads.ts';

/** The agents, by the id of their host. */
export interface Hosts {
  connected(hostId: string): boolean;
  /** @param timeout milliseconds @throws RpcError */
  call<K extends AgentMethod>(
    hostId: string,
    method: K,
    params: Params<typeof agentMethods, K>,
    timeout: number,
  ): Promise<Result<typeof agentMethods, K>>;
  drop(hostId: string): void;
}

export interface Engine {
  store: Store;
  hosts: Hosts;
  locks: HostLocks;
  /** How long a change may wait for the host's lock before it is told HOST-03, in milliseconds. */
  lockPatience: number;
  outcomes: Outcomes;
  /** Of hosts that are being given their management network: how that will end. */
  installations: Map<string, Promise<Problem | null>>;
  rollouts: Rollouts;
  /** Hosts that follow a change in the background at once, unless the request says otherwise. */
  waveWidth: number;
  workloads: Workloads;
  darkNics: DarkNics;
  /** Epoch milliseconds. */
  now(): number;
  newId(): string;
  /** Random hexadecimal text that nobody can guess. */
  newSecret(): string;
  log: Logger;
}

/** Who asks, for events and jobs. */
export interface Actor {
  user: User | null;
  correlationId: string;
}

export const background: Actor = { user: null, correlationId: '' };
