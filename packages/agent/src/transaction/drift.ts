/**
 * Another hand on the kernel while a change waits for its confirm: what undoes a part of the change takes
 * all of it back, anything else is only told.
 */
import type { AgentProblem } from '@patchbay/protocol';
import type { Journal } from '../persist/journal.ts';
import { devicesOf } from '../plan/devices-of.ts';
import { bootTime } from './boot-clock.ts';
import type { TransactionParts } from './parts.ts';
import { pause } from './pause.ts';
import { differencesFrom, PATIENCE } from './verify.ts';

/** Milliseconds between two looks at least, and at most when the kernel says nothing. */
const LOOK_AGAIN = 200;
const QUIET = 5_000;

export class Drift {
  readonly #parts: Pick<TransactionParts, 'kernel' | 'planner' | 'settle' | 'log'>;
  readonly #journal: Journal;
  readonly #broken = new AbortController();
  readonly #closed = new AbortController();
  #problem: AgentProblem | null = null;

  constructor(parts: Pick<TransactionParts, 'kernel' | 'planner' | 'settle' | 'log'>, journal: Journal) {
    this.#parts = parts;
    this.#journal = journal;
  }

  /** Aborted when the change is no longer what was verified. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Why, once it is broken. */
  get problem(): AgentProblem | null {
    return this.#problem;
  }

  watch(): void {
    void this.#run().catch((error: unknown) =>
      this.#parts.log('warn', 'not watched for foreign changes', { reason: String(error) }),
    );
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    const { kernel, planner, settle, log } = this.#parts;
    const { id, record } = this.#journal;
    const { config } = await this.#journal.request();
    const touched = devicesOf((await this.#journal.plan()).ops);
    const closed = new Promise<void>((resolve) => {
      if (this.#closed.signal.aborted) resolve();
      this.#closed.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    let since: number | null = null;
    let told = '';
    for (;;) {
      await pause(LOOK_AGAIN, this.#closed.signal);
      if (since === null) await Promise.race([settle(QUIET), closed]);
      if (this.#closed.signal.aborted) return;
      const state = await kernel.observe();
      const difference = differencesFrom(state, config, planner.forward(state, config, record.management));
      if (difference === null) {
        since = null;
        continue;
      }
      since ??= bootTime();
      if (bootTime() - since < PATIENCE[difference.patience] || this.#closed.signal.aborted) continue;
      if (difference.devices.some((device) => touched.has(device))) {
        this.#problem = {
          code: 'ERR_VERIFY',
          message: `While the change waited for its confirm, another hand undid a part of it. ${difference.message}`,
        };
        this.#broken.abort();
        return;
      }
      if (told !== difference.message) {
        log('warn', 'foreign change beside a change that waits', { transaction: id, what: difference.message });
      }
      told = difference.message;
      since = null;
    }
  }
}
