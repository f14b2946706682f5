/** How transactions ended, by id, so that the same question always has the same answer. */
import type { AgentProblem, Outcome, PlanSummary } from '@patchbay/protocol';
import { type Disk, makeFolder, readDocument, readSpare, type Unread, writeDocument } from './disk.ts';

/** Milliseconds that an outcome is kept at least, and how many are kept however old they are: a clock may have been wrong. */
const KEPT_FOR = 30 * 86_400_000;
const KEPT = 1000;

/** A transaction's result without the report, which is made fresh whenever it is sent. */
export interface Ended {
  transaction: string;
  outcome: Outcome;
  problem: AgentProblem | null;
  changed: boolean;
  /** Milliseconds per phase. */
  timings: Record<string, number>;
  /** What was done; kept until an engine knows it. */
  plan?: PlanSummary;
}

interface Stored extends Ended {
  /** Whether an engine said that it knows. */
  acknowledged: boolean;
  /** SHA-256 of the request, so that an id used twice for different things is noticed. */
  request: string;
  /** Milliseconds since 1970; absent in what earlier versions wrote. */
  ended?: number;
}

export class Outcomes {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #now: () => number;
  /** File name by transaction; the order of insertion is the order in which they ended. */
  readonly #files: Map<string, string>;
  #next: number;
  readonly #unacknowledged = new Set<string>();

  private constructor(disk: Disk, folder: string, files: Map<string, string>, next: number, now: () => number) {
    this.#disk = disk;
    this.#folder = folder;
    this.#now = now;
    this.#files = files;
    this.#next = next;
  }

  /**
   * An outcome that cannot be read is as one that was never kept.
   * @param unread told of such a file
   * @param now milliseconds since 1970
   */
  static async open(
    disk: Disk,
    stateDirectory: string,
    unread: Unread = () => {},
    now: () => number = Date.now,
  ): Promise<Outcomes> {
    const folder = `${stateDirectory}/outcomes`;
    await makeFolder(disk, folder);
    const files = new Map<string, string>();
    let next = 1;
    for (const name of await disk.list(folder)) {
      const parts = /^(\d+)-(.+)\.json$/.exec(name);
      if (parts?.[1] === undefined || parts[2] === undefined) continue;
      files.set(parts[2], name);
      next = Number(parts[1]) + 1;
    }
    const outcomes = new Outcomes(disk, folder, files, next, now);
    for (const [transaction, name] of files) {
      const stored = await readSpare<Stored>(disk, `${folder}/${name}`, unread);
      if (stored === null) files.delete(transaction);
      else if (!stored.acknowledged) outcomes.#unacknowledged.add(transaction);
    }
    return outcomes;
  }

  async of(transaction: string): Promise<(Ended & { request: string }) | null> {
    const stored = await this.#read(transaction);
    if (stored === null) return null;
    const { acknowledged: _, ended: __, ...ended } = stored;
    return ended;
  }

  /**
   * Keeps how a transaction ended. The first word stands: keeping it again changes nothing.
   * @param request SHA-256 of it; null when there was none: then nobody will ask how it ended, and nothing is kept
   */
  async keep(ended: Ended, request: string | null): Promise<void> {
    if (request === null || this.#files.has(ended.transaction)) return;
    const name = `${String(this.#next).padStart(12, '0')}-${ended.transaction}.json`;
    this.#next += 1;
    const stored: Stored = { ...ended, request, acknowledged: false, ended: this.#now() };
    await writeDocument(this.#disk, `${this.#folder}/${name}`, stored);
    this.#files.set(ended.transaction, name);
    this.#unacknowledged.add(ended.transaction);
    await this.#forgetOld();
  }

  /** From the oldest on, up to the first that is to be kept. */
  async #forgetOld(): Promise<void> {
    for (const [old, file] of this.#files) {
      if (this.#files.size <= KEPT) return;
      const ended = (await this.#read(old))?.ended ?? 0;
      if (this.#now() - ended < KEPT_FOR) return;
      await this.#disk.remove(`${this.#folder}/${file}`);
      this.#files.delete(old);
      this.#unacknowledged.delete(old);
    }
  }

  /** Ids that no engine has acknowledged, oldest first. */
  unacknowledged(): string[] {
    return [...this.#unacknowledged];
  }

  async acknowledge(transaction: string): Promise<void> {
    const stored = await this.#read(transaction);
    const name = this.#files.get(transaction);
    if (stored === null || name === undefined) return;
    const { plan: _, ...rest } = stored;
    await writeDocument(this.#disk, `${this.#folder}/${name}`, { ...rest, acknowledged: true });
    this.#unacknowledged.delete(transaction);
  }

  /** Queues an outcome for telling once more: whoever asked again has missed it. */
  tellAgain(transaction: string): void {
    if (this.#files.has(transaction)) this.#unacknowledged.add(transaction);
  }

  async #read(transaction: string): Promise<Stored | null> {
    const name = this.#files.get(transaction);
    return name === undefined ? null : readDocument<Stored>(this.#disk, `${this.#folder}/${name}`);
  }
}
