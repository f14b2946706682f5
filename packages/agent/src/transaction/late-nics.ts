/**
 * Nics that are missing, since the boot or since they went: what stands on one is brought up when it appears. Which they are is on disk, so
 * one that comes while no agent is there to see it is found by the next.
 */
import type { LinkReport } from '@patchbay/protocol';
import { isTaken } from '../observe/ownership.ts';
import { missingNics, namedNics, restoreConfig } from './boot-restore.ts';
import type { TransactionParts } from './parts.ts';
import { unwritten } from './unwritten.ts';

interface Parts
  extends Pick<TransactionParts, 'kernel' | 'planner' | 'documents' | 'self' | 'udevHasActed' | 'log' | 'turn'> {
  /** The links as they are now. Asked at every event in the kernel, of which few have to do with a nic. */
  links(): Promise<readonly LinkReport[]>;
}

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
    const { documents } = this.#parts;
    const links = await this.#parts.links();
    const now = missingNics(links, await documents.running());
    this.#seen = indexes(links);
    await this.#await([...new Set([...(await documents.lateNics()), ...now])]);
    await this.wake();
  }

  /** Something in the kernel changed, or a transaction has ended. Never rejects: what fails is told, and looked at with the next event. */
  async wake(): Promise<void> {
    // A look that has not begun will see it as well.
    if (this.#seen === null || this.#waits || this.#busy()) return;
    this.#waits = true;
    const { turn, log } = this.#parts;
    await turn(() => {
      this.#waits = false;
      return this.#look();
    }).catch((error: unknown) => log('warn', 'not looked for nics that have come', { reason: String(error) }));
  }

  async #look(): Promise<void> {
    const { documents, log } = this.#parts;
    if (this.#busy()) return;
    const running = await documents.running();
    const links = await this.#parts.links();
    const missing = missingNics(links, running);
    const exchanged = this.#exchanged(links);
    const came = namedNics(running).filter(
      (name) => !missing.includes(name) && (this.#missing.includes(name) || exchanged.has(name)),
    );
    const gone = missing.filter((name) => !this.#missing.includes(name));
    if (gone.length > 0) log('warn', 'devices have gone', { gone });
    if (came.length === 0) await this.#await(missing);
    else {
      const lacking = await restoreConfig(this.#parts, running, new Set(came));
      this.#missing = await documents.lateNics();
      log(lacking === null ? 'info' : 'warn', 'devices that were missing have come', { came, lacking });
    }
    // Last, for what could not be brought up is new to the next look as well.
    this.#seen = indexes(links);
  }

  /** Went and came between two looks. One with our mark was put to use since, by the change that has made it: a virtual function. */
  #exchanged(links: readonly LinkReport[]): Set<string> {
    const anew = links.filter((link) => this.#seen?.get(link.name) !== link.index && !isTaken(link));
    return new Set(anew.map(({ name }) => name));
  }

  async #await(missing: readonly string[]): Promise<void> {
    const { documents, log } = this.#parts;
    this.#missing = missing;
    await documents.setLateNics(missing).catch(unwritten(log, 'which nics are missing'));
  }
}

function indexes(links: readonly LinkReport[]): Map<string, number> {
  return new Map(links.map(({ name, index }) => [name, index]));
}
