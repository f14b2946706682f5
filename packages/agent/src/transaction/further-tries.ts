/**
 * What a host refused when a boot was restored is tried again: another program may only not have been there yet, or a module. A few
 * times in one boot, and only that: what another hand has changed elsewhere since stays.
 */
import type { Lacking } from '../persist/documents.ts';
import { restoreConfig } from './boot-restore.ts';
import type { TransactionParts } from './parts.ts';
import { pause } from './pause.ts';
import { unwritten } from './unwritten.ts';

type Parts = Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'self' | 'udevHasActed' | 'log' | 'turn'>;

/** Milliseconds before each try. */
const PAUSES = [2, 4, 8, 16, 32, 64, 128, 256].map((seconds) => seconds * 1000);

export class FurtherTries {
  readonly #parts: Parts;
  /** Whether a transaction runs, which must not be disturbed. */
  readonly #busy: () => boolean;
  readonly #pauses: readonly number[];
  readonly #closed = new AbortController();
  #begun = false;

  constructor(parts: Parts, busy: () => boolean, pauses: readonly number[] = PAUSES) {
    this.#parts = parts;
    this.#busy = busy;
    this.#pauses = pauses;
  }

  /** To be called when something may be lacking. Resolves when nothing is, when no further try is made, or when this is under way already. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    try {
      for (;;) {
        const lacking = await this.#lacking();
        const milliseconds = lacking === null ? undefined : this.#pauses[lacking.tries];
        if (milliseconds === undefined) return;
        await pause(milliseconds, this.#closed.signal);
        if (this.#closed.signal.aborted) return;
        await this.#parts.turn(() => this.#try());
      }
    } finally {
      this.#begun = false;
    }
  }

  close(): void {
    this.#closed.abort();
  }

  #lacking(): Promise<Lacking | null> {
    const { documents, self } = this.#parts;
    return documents.lacking(self.bootId);
  }

  async #try(): Promise<void> {
    const { documents, log } = this.#parts;
    if (this.#busy() || this.#closed.signal.aborted) return;
    const before = await this.#lacking();
    if (before === null) return;
    const tries = before.tries + 1;
    // One that is interrupted counts as well.
    await documents.setLacking({ ...before, tries }).catch(unwritten(log, 'that another try is made'));
    const lacking = await restoreConfig(this.#parts, await documents.running(), new Set(), tries);
    log(lacking === null ? 'info' : 'warn', 'tried again what was lacking after a boot', { lacking });
    if (tries < this.#pauses.length) return;
    const { reasons } = (await this.#lacking()) ?? {};
    if (reasons !== undefined) log('error', 'not tried again before the next boot', { lacking: reasons });
  }
}
