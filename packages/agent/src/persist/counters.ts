/** Numbers that only rise, across restarts: the engines' epoch and the base of the report's version. */
import { type Disk, readDocument, writeDocument } from './disk.ts';

export class Counters {
  readonly #disk: Disk;
  readonly #folder: string;

  constructor(disk: Disk, stateDirectory: string) {
    this.#disk = disk;
    this.#folder = stateDirectory;
  }

  /** Highest epoch of any engine that changed this host. */
  async epoch(): Promise<number> {
    return (await readDocument<number>(this.#disk, `${this.#folder}/epoch.json`)) ?? 0;
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
    const before = await readDocument<{ starts: number; bootId: string | null }>(this.#disk, path);
    const starts = (before?.starts ?? 0) + 1;
    await writeDocument(this.#disk, path, { starts, bootId: before?.bootId ?? null }).catch(unwritten);
    return { starts, firstOfBoot: before?.bootId !== bootId };
  }

  /** Says that the committed config was restored in this boot. */
  async setRestored(bootId: string): Promise<void> {
    const path = `${this.#folder}/starts.json`;
    const before = await readDocument<{ starts: number }>(this.#disk, path);
    await writeDocument(this.#disk, path, { starts: before?.starts ?? 1, bootId });
  }
}
