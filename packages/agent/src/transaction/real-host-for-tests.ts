/** For tests on a lab host: transactions on the real kernel with real guards, and an engine that does what the test says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import type { ApplyRequest, HostConfig } from '@patchbay/protocol';
import { keeperLauncher } from '../guard/launch.ts';
import { GuardPost } from '../guard/post.ts';
import type { Kernel } from '../kernel.ts';
import { planHandBack } from '../managers/hand-back/plan-hand-back.ts';
import { MirroredKernel } from '../mirror/mirrored-kernel.ts';
import { Counters } from '../persist/counters.ts';
import { realDisk } from '../persist/disk.ts';
import { type Ended, Outcomes } from '../persist/outcomes.ts';
import { bootRestore } from './boot-restore.ts';
import type { TransactionParts } from './parts.ts';
import { openRestorer } from './restorer.ts';
import { confirms } from './testing.ts';
import { Transactions } from './transactions.ts';
import { takeTurns } from './turn.ts';
import { untilWritten } from './until-written.ts';

/** Folder with the programs that lab tests start; null elsewhere than on a lab host. */
export const programs = process.env['PATCHBAY_PROGRAMS'] ?? null;

export class RealHost {
  readonly parts: TransactionParts;
  readonly transactions: Transactions;
  readonly #mirrored: MirroredKernel;
  #count = 0;

  private constructor(parts: TransactionParts, mirrored: MirroredKernel) {
    this.parts = parts;
    this.#mirrored = mirrored;
    this.transactions = new Transactions(parts, new Counters(realDisk, parts.stateDirectory), () => {});
  }

  /** @param part what the test holds itself; the rest is real, and the engine confirms at once */
  static async open(part: (real: Kernel) => Partial<TransactionParts> = () => ({})): Promise<RealHost> {
    const state = mkdtempSync('/var/lib/patchbay-test-');
    const restorer = await openRestorer(state, 'kill-at', () => {});
    const mirrored = new MirroredKernel(
      restorer.bare,
      () => {},
      () => {},
    );
    mirrored.start();
    const own = part(restorer.kernel);
    const guard = `${programs}/guard.mjs`;
    return new RealHost(
      {
        ...restorer,
        live: own.kernel ?? restorer.owned(mirrored),
        outcomes: await Outcomes.open(realDisk, state),
        guards: new GuardPost(realDisk, state, guard, keeperLauncher(process.execPath, `${state}/guard.log`)),
        confirm: confirms,
        management: () => null,
        connection: () => null,
        rescueReboot: false,
        watchdog: null,
        insist: untilWritten(() => {}),
        turn: takeTurns(),
        settle: (milliseconds) => mirrored.settle(milliseconds),
        rehearse: async () => ({ verdict: 'impossible', reason: 'Not rehearsed by this test.' }),
        handBack: (state, running, wish) => planHandBack(state, running, wish, {}),
        ...own,
      },
      mirrored,
    );
  }

  /** Begins a change; @see ended for its end. */
  async begin(config: HostConfig, part: Partial<ApplyRequest> = {}): Promise<string> {
    this.#count += 1;
    const transaction = `t${this.#count}`;
    const common = { epoch: 1, nonceHash: '', checkConnectivity: true, confirmTimeout: 20_000, commit: true } as const;
    const acceptance = await this.transactions.apply({ transaction, config, ...common, rehearse: false, ...part });
    assert.ok(acceptance.accepted, JSON.stringify(acceptance));
    return transaction;
  }

  async ended(transaction: string): Promise<Ended> {
    await this.transactions.idle();
    const { ended } = await this.transactions.outcome(transaction);
    assert.ok(ended !== null, `${transaction} has ended`);
    return ended;
  }

  async change(config: HostConfig, part: Partial<ApplyRequest> = {}): Promise<Ended> {
    return this.ended(await this.begin(config, part));
  }

  /** As {@link change}, for one that has to be kept. */
  async keep(config: HostConfig, part: Partial<ApplyRequest> = {}): Promise<void> {
    const { outcome, problem } = await this.change(config, part);
    assert.equal(outcome, 'committed', JSON.stringify(problem));
  }

  /** What a boot does. @returns what could not be brought up */
  restore(): Promise<string | null> {
    return bootRestore(this.parts);
  }

  async close(): Promise<void> {
    await this.transactions.idle();
    this.#mirrored.close();
    rmSync(this.parts.stateDirectory, { recursive: true });
  }
}
