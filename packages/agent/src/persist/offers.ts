/** What the kernel offers, found out once per release: it does not change while a kernel runs, nor from boot to boot. */
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

  /** Asks the kernel, unless that was done before. */
  async find(ask: () => Promise<Offers>): Promise<void> {
    if (this.#known !== null) return;
    const offers = await ask();
    this.#known = offers;
    // What is missing may only be a module that is not installed yet.
    const whole = offers.bond !== null && offers.bridge !== null && offers.vlan && offers.shaping;
    if (whole) await writeDocument(this.#disk, this.#path, { release: this.#release, offers } satisfies Kept);
  }
}
