/**
 * Nics that are missing, since the boot or since they went: what stands on one is brought up when it appears. Which they are is on disk, so
 * one that comes while no agent is there to see it is found by the next.
 */
import type { KernelState } from '../kernel.ts';
import { isTaken } from '../observe/ownership.ts';
import { missingNics, namedNics, restoreConfig } from './boot-restore.ts';
import type { TransactionParts } from './parts.ts';
import { unwritten } from './unwritten.ts';

type Parts = Pick<
  TransactionParts,
  'kernel' | 'live' | 'planner' | 'documents' | 'self' | 'udevHasActed' | 'log' | 'turn'
>;

export class LateNics {
  readonly #parts: Parts;
  /** Whether a transaction runs, which must not be disturbed. */
  readonly #busy: () => boolean;
  #missing: readonly string[] = [];
  /** Link to its index at the last look; null until the boot was restored. */
  #seen: ReadonlyMap<string, number> | null = null;
  #waits = false;

  constructor(parts: Parts, busy: () => boolean) {
    this.#parts = parts;
    this.#busy = busy;
  }

  /** Waits for what was missing at the restore and for what is missing now, and looks at once. To be called once the boot was restored. */
  async begin(): Promise<void> {
    const { live, documents } = this.#parts;
    const state = await live.observe();
    const now = missingNics(state, await documents.running());
    this.#seen = indexes(state);
    await this.#await([...new Set([...(await documents.lateNics()), ...now])]);
    await this.wake();
  }

  /** Something in the kernel changed, or a transaction has ended. */
  async wake(): Promise<void> {
    // A look that has not begun will see it as well.
    if (this.#seen === null || this.#waits || this.#busy()) return;
    this.#waits = true;
    await this.#parts.turn(() => {
      this.#waits = false;
      return this.#look();
    });
  }

  async #look(): Promise<void> {
    const { live, documents, log } = this.#parts;
    if (this.#busy()) return;
    const running = await documents.running();
    const state = await live.observe();
    const missing = missingNics(state, running);
    const exchanged = this.#exchanged(state);
    const came = namedNics(running).filter(
      (name) => !missing.includes(name) && (this.#missing.includes(name) || exchanged.has(name)),
    );
    this.#seen = indexes(state);
    const gone = missing.filter((name) => !this.#missing.includes(name));
    if (gone.length > 0) log('warn', 'devices have gone', { gone });
    if (came.length === 0) return this.#await(missing);
    const lacking = await restoreConfig(this.#parts, running, new Set(came));
    this.#missing = await documents.lateNics();
    log(lacking === null ? 'info' : 'warn', 'devices that were missing have come', { came, lacking });
  }

  /** Went and came between two looks. One with our mark was put to use since, by the change that has made it: a virtual function. */
  #exchanged({ links }: KernelState): Set<string> {
    const anew = links.filter((link) => this.#seen?.get(link.name) !== link.index && !isTaken(link));
    return new Set(anew.map(({ name }) => name));
  }

  async #await(missing: readonly string[]): Promise<void> {
    const { documents, log } = this.#parts;
    this.#missing = missing;
    await documents.setLateNics(missing).catch(unwritten(log, 'which nics are missing'));
  }
}

function indexes({ links }: KernelState): Map<string, number> {
  return new Map(links.map(({ name, index }) => [name, index]));
}
