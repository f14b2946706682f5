/** What the kernel offers, found out once per release: what it has does not change while it runs, nor from boot to boot. */
import type { Offers } from '../observe/offers.ts';
import { type Disk, readDocument, writeDocument } from './disk.ts';

interface Kept {
  release: string;
  offers: Offers;
}

export class KnownOffers {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #release: string;
  #known: Offers | null;

  private constructor(disk: Disk, path: string, release: string, known: Offers | null) {
    this.#disk = disk;
    this.#path = path;
    this.#release = release;
    this.#known = known;
  }

  /** @param release of the kernel that runs, as `uname -r` has it */
  static async open(disk: Disk, stateDirectory: string, release: string): Promise<KnownOffers> {
    const path = `${stateDirectory}/offers.json`;
    const kept = await readDocument<Kept>(disk, path);
    return new KnownOffers(disk, path, release, kept?.release === release ? kept.offers : null);
  }

  /** Null when nobody has asked this kernel yet. */
  get known(): Offers | null {
    return this.#known;
  }

  /** Asks the kernel when nothing is known of it. */
  async find(ask: () => Promise<Offers>): Promise<void> {
    if (this.#known === null) await this.#learn(ask);
  }

  /** Asks the kernel unless it offers everything: what is missing may only be a module that was not installed before. */
  async findAll(ask: () => Promise<Offers>): Promise<void> {
    if (this.#known === null || !isWhole(this.#known)) await this.#learn(ask);
  }

  async #learn(ask: () => Promise<Offers>): Promise<void> {
    const offers = await ask();
    this.#known = offers;
    await writeDocument(this.#disk, this.#path, { release: this.#release, offers } satisfies Kept);
  }
}

function isWhole({ bond, bridge, vlan, shaping }: Offers): boolean {
  return bond !== null && bridge !== null && vlan && shaping;
}
