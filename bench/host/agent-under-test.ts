/**
 * An agent without an engine: the same mirror, journal, guard and verification as on a host, driven by hand. A change ends
 * where an agent would tell of its end.
 */
import { copyFile } from 'node:fs/promises';
import { noCheckpoints, planHandBack, Transactions, takeTurns, untilWritten } from '@patchbay/agent';
import type { HostConfig } from '@patchbay/protocol';
import type { LinuxKernel } from '../../packages/agent/src/execute/linux-kernel.ts';
import { keeperLauncher } from '../../packages/agent/src/guard/launch.ts';
import { GuardPost } from '../../packages/agent/src/guard/post.ts';
import { MirroredKernel } from '../../packages/agent/src/mirror/mirrored-kernel.ts';
import { Counters } from '../../packages/agent/src/persist/counters.ts';
import { Outcomes } from '../../packages/agent/src/persist/outcomes.ts';
import { rehearse } from '../../packages/agent/src/rehearse/rehearse.ts';
import type { Ends } from '../../packages/agent/src/transaction/parts.ts';
import { openRestorer } from '../../packages/agent/src/transaction/restorer.ts';
import { strayMark } from '../../packages/agent/src/transaction/strays.ts';

export interface Change {
  /** Milliseconds from the request to its kept outcome. */
  total: number;
  /** Milliseconds per phase. */
  timings: Record<string, number>;
  /** How often everything was read for it, and how many single devices. */
  reads: { whole: number; devices: number };
}

/** Milliseconds without an event, after which nothing of what was done before is still under way. */
const QUIET = 1200;

interface Parts {
  connection: Ends | null;
  transactions: Transactions;
  outcomes: Outcomes;
  kernel: LinuxKernel;
  live: MirroredKernel;
  /** When the last change was ready to be told of. */
  announced: { at: number };
}

export class AgentUnderTest {
  readonly #parts: Parts;
  #count = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * @param guard script of a guard
   * @param connection the way to an engine, which confirms every change at once; null for changes without a confirm
   */
  static async start(stateDirectory: string, guard: string, connection: Ends | null = null): Promise<AgentUnderTest> {
    const log = (level: string, message: string, facts?: object): void => {
      if (level !== 'info') console.error(message, facts);
    };
    const restorer = await openRestorer(stateDirectory, 'kill-at', log);
    const { bare: kernel, disk } = restorer;
    const outcomes = await Outcomes.open(disk, stateDirectory);
    await copyFile(guard, `${stateDirectory}/guard.mjs`);
    const launcher = keeperLauncher(process.execPath, `${stateDirectory}/guard.log`);
    const guards = new GuardPost(disk, stateDirectory, `${stateDirectory}/guard.mjs`, launcher);
    // What happens is looked at, as an agent does to report it.
    const look = (): void => {
      if (transactions.running() === null) void live.observe();
    };
    const live: MirroredKernel = new MirroredKernel(kernel, look, log);
    const announced = { at: 0 };
    const transactions: Transactions = new Transactions(
      {
        ...restorer,
        live,
        rehearse: (before, ops) => rehearse(before, ops, strayMark(stateDirectory)),
        checkpoints: noCheckpoints,
        outcomes,
        guards,
        confirm: () => Promise.resolve(true),
        management: () => connection?.local ?? null,
        connection: () => connection,
        rescueReboot: false,
        watchdog: null,
        handBack: (state, running, wish) => planHandBack(state, running, wish, {}),
        insist: untilWritten(log),
        turn: takeTurns(),
        settle: (milliseconds) => live.settle(milliseconds),
      },
      new Counters(disk, stateDirectory),
      () => {
        announced.at = performance.now();
        guards.standBy();
        kernel.ready();
        void live.observe();
      },
    );
    live.start();
    kernel.ready();
    await live.observe();
    return new AgentUnderTest({ connection, transactions, outcomes, kernel, live, announced });
  }

  /** Waits for what hosts have at most times: nothing happens. A kernel tells of two hundred new bridges for some seconds. */
  async rest(): Promise<void> {
    for (let start = performance.now(); ; start = performance.now()) {
      await this.#parts.live.settle(QUIET);
      if (performance.now() - start >= QUIET) return;
    }
  }

  /** Does something to the kernel by another hand, after the same rest, while this agent does not take any of the machine's time. */
  async aside<T>(work: () => Promise<T>): Promise<T> {
    await this.rest();
    this.#parts.live.mirror.pause();
    try {
      return await work();
    } finally {
      this.#parts.live.mirror.resume();
      await this.#parts.live.observe();
    }
  }

  /** Makes the host look like this, after a rest. @throws when it does not come to be */
  async change(config: HostConfig, rehearse = false): Promise<Change> {
    await this.rest();
    this.#count += 1;
    const transaction = `bench-${this.#count}`;
    const { connection, transactions, outcomes, live, announced } = this.#parts;
    const { whole, devices } = live.mirror.counts;
    const start = performance.now();
    const { problem } = await transactions.apply({
      transaction,
      epoch: 1,
      config,
      nonceHash: '',
      checkConnectivity: connection !== null,
      confirmTimeout: 60_000,
      commit: true,
      rehearse,
    });
    if (problem !== null) throw new Error(problem.message);
    await transactions.idle();
    const total = announced.at - start;
    const ended = await outcomes.of(transaction);
    if (ended?.outcome !== 'committed') throw new Error(JSON.stringify(ended?.problem));
    await outcomes.acknowledge(transaction);
    const reads = { whole: live.mirror.counts.whole - whole, devices: live.mirror.counts.devices - devices };
    return { total, timings: ended.timings, reads };
  }

  /** Reads the kernel whole. */
  async read(): Promise<void> {
    await this.#parts.kernel.observe();
  }

  stop(): void {
    this.#parts.live.close();
  }
}
