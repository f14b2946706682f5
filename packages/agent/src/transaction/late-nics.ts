/**
 * Nics that were missing when a boot was restored: what stands on one is brought up when it appears. Which they are is on disk, so one
 * that comes while no agent is there to see it is found by the next.
 */
import { missingNics, namedNics, restoreConfig } from './boot-restore.ts';
import type { TransactionParts } from './parts.ts';
import { unwritten } from './unwritten.ts';

type Parts = Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'log' | 'turn'>;

export class LateNics {
  readonly #parts: Parts;
  /** Whether a transaction runs, which must not be disturbed. */
  readonly #busy: () => boolean;
  #missing: readonly string[] = [];
  #looking = false;

  constructor(parts: Parts, busy: () => boolean) {
    this.#parts = parts;
    this.#busy = busy;
  }

  /** Waits for what was missing at the restore and for what is missing now, and looks at once. To be called once the boot was restored. */
  async begin(): Promise<void> {
    const { kernel, documents, log } = this.#parts;
    const now = missingNics(await kernel.observe(), await documents.running());
    this.#missing = [...new Set([...(await documents.lateNics()), ...now])];
    await documents.setLateNics(this.#missing).catch(unwritten(log, 'which nics are missing'));
    await this.wake();
  }

  /** Something in the kernel changed, or a transaction has ended. */
  async wake(): Promise<void> {
    if (this.#missing.length === 0 || this.#looking || this.#busy()) return;
    this.#looking = true;
    try {
      await this.#parts.turn(() => this.#look());
    } finally {
      this.#looking = false;
    }
  }

  async #look(): Promise<void> {
    const { kernel, documents, log } = this.#parts;
    if (this.#busy()) return;
    const running = await documents.running();
    const missing = missingNics(await kernel.observe(), running);
    const came = namedNics(running).filter((name) => this.#missing.includes(name) && !missing.includes(name));
    if (came.length === 0) return;
    const lacking = await restoreConfig(this.#parts, running);
    this.#missing = await documents.lateNics();
    log(lacking === null ? 'info' : 'warn', 'devices that were missing have come', { came, lacking });
  }
}
