/**
 * Numbers that only rise, across restarts: the engines' epoch and the base of the report's version. One that cannot be read begins anew,
 * and that is told: a host that no engine could reach any more would be worse off than one whose next engine is not measured by the last.
 */
import { type Disk, readSpare, type Unread, writeDocument } from './disk.ts';

export class Counters {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #unread: Unread;

  /** @param unread told of a file that cannot be read */
  constructor(disk: Disk, stateDirectory: string, unread: Unread = () => {}) {
    this.#disk = disk;
    this.#folder = stateDirectory;
    this.#unread = unread;
  }

  /** Highest epoch of any engine that changed this host. */
  async epoch(): Promise<number> {
    return (await readSpare<number>(this.#disk, `${this.#folder}/epoch.json`, this.#unread)) ?? 0;
  }

  async setEpoch(epoch: number): Promise<void> {
    await writeDocument(this.#disk, `${this.#folder}/epoch.json`, epoch);
  }

  /**
   * Counts this start of the agent and says whether it is the first of this boot.
   * @param unwritten told why the count could not be written, which keeps nobody from starting
   */
  async countStart(
    bootId: string,
    unwritten: (error: unknown) => void,
  ): Promise<{ starts: number; firstOfBoot: boolean }> {
    const path = `${this.#folder}/starts.json`;
    const before = await readSpare<{ starts: number; bootId: string | null }>(this.#disk, path, this.#unread);
    const starts = (before?.starts ?? 0) + 1;
    await writeDocument(this.#disk, path, { starts, bootId: before?.bootId ?? null }).catch(unwritten);
    return { starts, firstOfBoot: before?.bootId !== bootId };
  }

  /** Says that the committed config was restored in this boot. */
  async setRestored(bootId: string): Promise<void> {
    const path = `${this.#folder}/starts.json`;
    const before = await readSpare<{ starts: number }>(this.#disk, path, this.#unread);
    await writeDocument(this.#disk, path, { starts: before?.starts ?? 1, bootId });
  }
}
