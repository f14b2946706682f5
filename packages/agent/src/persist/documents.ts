/** What Patchbay shall look like on this host: now (`running`) and after the next boot (`committed`). */
import { isDeepStrictEqual } from 'node:util';
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import type { KeptMacs } from '../plan/kept-macs.ts';
import { type Disk, makeFolder, readSpare, type Unread, writeDocument } from './disk.ts';

// Spelled out here because the guard is to carry no schema library.
const NOTHING: HostConfig = { bonds: {}, networks: {} };
/** Beside the one that counts. */
const OLD_GENERATIONS = 10;

/** What of the running config was not there when it was last brought up, but for what waits for a nic. */
export interface Lacking {
  /** The boot in which that was. */
  bootId: string;
  /** A sentence for each reason. */
  reasons: string[];
  /** Bonds and networks that the host did not accept. */
  leftOut: HostConfig;
  /** Steps that were refused, and what rests on them. */
  left: KernelOp[];
  /** How often it was tried again. */
  tries: number;
}

export class Documents {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #unread: Unread;
  /** What runs, while that could not be written. */
  #unwritten: HostConfig | null = null;
  /** Null before this process has set them. */
  #lateNics: readonly string[] | null = null;
  /** Undefined before this process has set it. */
  #lacking: Lacking | null | undefined;

  private constructor(disk: Disk, folder: string, unread: Unread) {
    this.#disk = disk;
    this.#folder = folder;
    this.#unread = unread;
  }

  /**
   * @param stateDirectory created when absent
   * @param unread told of a file that cannot be read, and what is the next best then
   */
  static async open(disk: Disk, stateDirectory: string, unread: Unread = () => {}): Promise<Documents> {
    await makeFolder(disk, stateDirectory);
    await makeFolder(disk, `${stateDirectory}/committed`);
    return new Documents(disk, stateDirectory, unread);
  }

  /** Last applied config; where it cannot be read, the committed one, which it mostly is: for nothing, all that stands would go. */
  async running(): Promise<HostConfig> {
    if (this.#unwritten !== null) return this.#unwritten;
    let lost = false;
    const running = await readSpare<HostConfig>(this.#disk, `${this.#folder}/running.json`, (...why) => {
      lost = true;
      this.#unread(...why);
    });
    return running ?? (lost ? this.committed() : NOTHING);
  }

  /** The config that the next boot restores: the newest generation that can be read. */
  async committed(): Promise<HostConfig> {
    return (await this.#newest()) ?? NOTHING;
  }

  /** False until the first config was committed, and where none of them can be read. */
  async hasCommitted(): Promise<boolean> {
    return (await this.#newest()) !== null;
  }

  /** @throws when it cannot be written; for this process it holds all the same */
  async setRunning(config: HostConfig): Promise<void> {
    this.#unwritten = config;
    await writeDocument(this.#disk, `${this.#folder}/running.json`, config);
    this.#unwritten = null;
  }

  /** Nics that were missing when the running config was last brought up: what stands on them waits for them. */
  async lateNics(): Promise<readonly string[]> {
    return this.#lateNics ?? (await this.#read<string[]>('late-nics')) ?? [];
  }

  /** @throws when it cannot be written; for this process it holds all the same */
  async setLateNics(names: readonly string[]): Promise<void> {
    this.#lateNics = names;
    await this.#write('late-nics', names, []);
  }

  /** What is lacking in this boot; null when nothing is. With the next boot all is brought up anew. */
  async lacking(bootId: string): Promise<Lacking | null> {
    const lacking = await this.#lackingOfAnyBoot();
    return lacking?.bootId === bootId ? lacking : null;
  }

  /** @throws when it cannot be written; for this process it holds all the same */
  async setLacking(lacking: Lacking | null): Promise<void> {
    this.#lacking = lacking;
    await this.#write('lacking', lacking, null);
  }

  /** MACs that the bonds and bridges of the committed config have, or had when they were last there. */
  async macs(): Promise<KeptMacs> {
    return (await readSpare<KeptMacs>(this.#disk, `${this.#folder}/macs.json`, this.#unread)) ?? {};
  }

  /** @throws when it cannot be written */
  async setMacs(macs: KeptMacs): Promise<void> {
    await this.#write('macs', macs, {});
  }

  /**
   * The rename of the new generation is the moment it counts; older ones go only after that. Saying the same twice is one generation.
   * One that cannot be read now may be read at the next boot, so it is followed by another, whatever the one before it says.
   */
  async setCommitted(config: HostConfig): Promise<void> {
    const generations = await this.#generations();
    const newest = generations.at(-1) ?? 0;
    if (isDeepStrictEqual(config, newest === 0 ? NOTHING : await this.#generation(newest))) return;
    await writeDocument(this.#disk, this.#path(newest + 1), config);
    for (const old of generations.slice(0, -OLD_GENERATIONS)) await this.#disk.remove(this.#path(old));
  }

  async #lackingOfAnyBoot(): Promise<Lacking | null> {
    return this.#lacking === undefined ? this.#read<Lacking>('lacking') : this.#lacking;
  }

  /** By what is on disk, for what this process knows may never have come there. @param absent what a document says that is not there */
  async #write<T>(document: string, says: T, absent: T): Promise<void> {
    if (isDeepStrictEqual(says, (await this.#read<T>(document)) ?? absent)) return;
    const path = `${this.#folder}/${document}.json`;
    if (!isDeepStrictEqual(says, absent)) return writeDocument(this.#disk, path, says);
    await this.#disk.remove(path);
    await this.#disk.syncFolder(this.#folder);
  }

  #read<T>(document: string): Promise<T | null> {
    return readSpare(this.#disk, `${this.#folder}/${document}.json`, this.#unread);
  }

  async #newest(): Promise<HostConfig | null> {
    for (const generation of (await this.#generations()).reverse()) {
      const config = await this.#generation(generation);
      if (config !== null) return config;
    }
    return null;
  }

  #generation(generation: number): Promise<HostConfig | null> {
    return readSpare<HostConfig>(this.#disk, this.#path(generation), this.#unread);
  }

  async #generations(): Promise<number[]> {
    const names = await this.#disk.list(`${this.#folder}/committed`);
    return names.flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? []).map(Number);
  }

  /** Digits enough for the names to sort as the numbers do. */
  #path(generation: number): string {
    return `${this.#folder}/committed/${String(generation).padStart(9, '0')}.json`;
  }
}

/** Whether two configs say the same, whatever the order of their keys. */
export function sameConfig(a: HostConfig, b: HostConfig): boolean {
  return isDeepStrictEqual(a, b);
}

/** JSON with the keys of every object in order: the same text for the same content. */
export function stableText(value: unknown): string {
  // Put in order first: JSON calls back for each of ten thousand values of a large config, which takes four times as long.
  return JSON.stringify(inOrder(value));
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const ordered = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(value).sort()) ordered[key] = inOrder((value as Record<string, unknown>)[key]);
  return ordered;
}
