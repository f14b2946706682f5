/** What the kernel offers, found out once per release: what it has does not change while it runs, nor from boot to boot. */
import type { Offers } from '../observe/offers.ts';
import { type Disk, readSpare, type Unread, writeDocument } from './disk.ts';

/** Counts up when more is asked of a kernel, or better: what was found out before is asked again then. */
const FORMAT = 2;

interface Kept {
  format: number;
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

  /**
   * @param release of the kernel that runs, as `uname -r` has it
   * @param unread told of a file that cannot be read: the kernel is asked anew then
   */
  static async open(
    disk: Disk,
    stateDirectory: string,
    release: string,
    unread: Unread = () => {},
  ): Promise<KnownOffers> {
    const path = `${stateDirectory}/offers.json`;
    const kept = await readSpare<Kept>(disk, path, unread);
    const holds = kept?.release === release && kept.format === FORMAT;
    return new KnownOffers(disk, path, release, holds ? kept.offers : null);
  }

  /** Null when nobody has asked this kernel yet. */
  get known(): Offers | null {
    return this.#known;
  }

  /**
   * Asks the kernel, unless it is known to offer everything: what is missing may only be a module that was not installed before.
   * @throws what the asking throws; nothing is known then
   */
  async find(ask: () => Promise<Offers>): Promise<void> {
    if (this.#known !== null && isWhole(this.#known)) return;
    this.#known = null;
    const offers = await ask();
    this.#known = offers;
    await writeDocument(this.#disk, this.#path, { format: FORMAT, release: this.#release, offers } satisfies Kept);
  }
}

function isWhole({ bond, bridge, vlan, shaping }: Offers): boolean {
  return bond !== null && bridge !== null && vlan && shaping;
}
