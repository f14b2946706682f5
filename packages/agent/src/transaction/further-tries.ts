/**
 * What a host refused when a boot was restored is tried again: another program may only not have been there yet, or a module. A few
 * times, for what another hand has changed since goes with each try.
 */
import { restoreConfig } from './boot-restore.ts';
import type { TransactionParts } from './parts.ts';
import { pause } from './pause.ts';

type Parts = Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'udevHasActed' | 'log' | 'turn'>;

/** Milliseconds before each try. */
const PAUSES = [2, 4, 8, 16, 32, 64, 128, 256].map((seconds) => seconds * 1000);

export class FurtherTries {
  readonly #parts: Parts;
  /** Whether a transaction runs, which must not be disturbed. */
  readonly #busy: () => boolean;
  readonly #pauses: readonly number[];
  readonly #closed = new AbortController();

  constructor(parts: Parts, busy: () => boolean, pauses: readonly number[] = PAUSES) {
    this.#parts = parts;
    this.#busy = busy;
    this.#pauses = pauses;
  }

  /** To be called once the boot was restored. Resolves when nothing is lacking, or when no further try is made. */
  async begin(): Promise<void> {
    const { documents, turn, log } = this.#parts;
    for (const milliseconds of this.#pauses) {
      if ((await documents.lacking()).length === 0) return;
      await pause(milliseconds, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      await turn(() => this.#try());
    }
    const lacking = await documents.lacking();
    if (lacking.length > 0) log('error', 'not tried again before the next boot', { lacking });
  }

  close(): void {
    this.#closed.abort();
  }

  async #try(): Promise<void> {
    const { documents, log } = this.#parts;
    if (this.#busy() || this.#closed.signal.aborted) return;
    const lacking = await restoreConfig(this.#parts, await documents.running());
    log(lacking === null ? 'info' : 'warn', 'tried again what was lacking after a boot', { lacking });
  }
}
