/**
 * The durable story of one transaction, in a folder of its own. It is what the agent, its guard and the next agent agree
 * by. The two ways a transaction can go are one file made exclusively: whoever makes it has decided.
 */
import type { AgentProblem, ApplyRequest, Plan } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { appendEntry, claimFile, type Disk, lastEntry, makeFolder, readDocument, writeDocument } from './disk.ts';
import { isShortage } from './has-code.ts';
import type { KeptFile } from './kept-files.ts';
import { type PackedState, packed, unpacked } from './packed-state.ts';
import type { ProcessId } from './process-id.ts';

/** What the one who drives a transaction writes down before it goes on. */
export type Mark =
  | 'PREPARED'
  | 'ARMED'
  | 'APPLYING'
  | 'APPLIED'
  | 'AWAITING'
  | 'COMMITTED'
  | 'REVERTED'
  | 'REVERT_FAILED';
export type TransactionState = Mark | 'CONFIRMED' | 'REVERTING';

/** How the host reached its engine before the change. A confirm is judged by it, and so is a revert. */
export interface WayToEngine {
  /** Address of this host in the connection. */
  local: string;
  /** Address of the engine in it. */
  remote: string;
  /** Device that had the local address. */
  device: string;
  /** The gateway towards the engine, or the engine itself on a shared network, when its hardware address was known; else null. */
  neighbour: string | null;
  /** Milliseconds that this host's part of the way may need until it carries, when a revert puts it together anew. */
  patience: number;
  /** Device on which a confirm has to arrive; null when the change leaves the way alone. */
  northbound: string | null;
}

export interface JournalRecord {
  mark: Mark;
  /** SHA-256 of the request; null for a repair, which no engine has asked for. */
  request: string | null;
  bootId: string;
  /** Who drives it. */
  agent: ProcessId;
  /** Address of this host in the connection to the engine, when there was one. */
  management: string | null;
  /** Null when there was no connection, or nothing that bears its address. */
  way: WayToEngine | null;
  /** Milliseconds on the boot-time clock until which a living agent has applied the change; null before it is armed. */
  until: number | null;
  /** Milliseconds that the confirm may take: as requested, or more where the plan needs it. */
  confirmTimeout: number;
  /** Milliseconds on the boot-time clock; set from AWAITING on. */
  deadline: number | null;
  /** Whether a host that cannot be brought back is restarted. */
  rescueReboot: boolean;
  /** Device that resets the host when its kernel hangs meanwhile; null for none. */
  watchdog: string | null;
  timings: Record<string, number>;
  /** Why a revert did not succeed, or what is not as before in spite of it. */
  failure: string | null;
}

/** The host as it was before the change: its kernel, and the files that a change touches. */
export interface Snapshot {
  state: KernelState;
  files: KeptFile[];
}

export type Decision = { way: 'commit' } | { way: 'revert'; problem: AgentProblem };

const ENDS: readonly TransactionState[] = ['COMMITTED', 'REVERTED', 'REVERT_FAILED'];

export function hasEnded(state: TransactionState): boolean {
  return ENDS.includes(state);
}

/** File with a line for each mark: to add one takes a single wait for the medium, where to replace a file takes two. */
const RECORDS = 'records';

const PARTS = ['request', 'plan', 'snapshot', 'files'] as const;
type Part = (typeof PARTS)[number];
const fileOf = (part: Part) => `${part}.json`;

/** Holds the space that the end of a transaction takes, for the disk may fill up meanwhile. */
const RESERVE = 'reserve';
/** Bytes of its decision, whoever carries it out, and the marks that are still to come. */
const MARKS = 64 * 1024;

/** Besides the marks: the config as the one that runs and as the one that the next boot restores, and what was done for people to read. */
function reserved(text: Record<Part, string>): string {
  return '.'.repeat(MARKS + 2 * Buffer.byteLength(text.request) + 2 * Buffer.byteLength(text.plan));
}

/** Folder of all journals; there is at most one at a time, more only after a crash while the old one was cleared away. */
export function journalsFolder(stateDirectory: string): string {
  return `${stateDirectory}/txn`;
}

/** Folder in which the living guard of a transaction has its claim. */
export function guardFolder(journalFolder: string): string {
  return `${journalFolder}/guard`;
}

export class Journal {
  readonly folder: string;
  readonly id: string;
  readonly #disk: Disk;
  #record: JournalRecord;
  /** What this process goes by, since it could not be written down. */
  #held: Decision | null = null;
  /** Text of the parts that were read: nobody changes one, so it holds while the disk hangs. */
  readonly #texts = new Map<Part, string>();

  private constructor(disk: Disk, folder: string, id: string, record: JournalRecord) {
    this.#disk = disk;
    this.folder = folder;
    this.id = id;
    this.#record = record;
  }

  /**
   * Enters PREPARED: everything a revert needs is on disk when this resolves, and room for what it will write.
   * @throws when that cannot be written; then nothing of it stays
   */
  static async create(
    disk: Disk,
    stateDirectory: string,
    request: ApplyRequest,
    { state, files }: Snapshot,
    plan: Plan,
    record: Omit<JournalRecord, 'mark'>,
  ): Promise<Journal> {
    const folder = `${journalsFolder(stateDirectory)}/${request.transaction}`;
    const journal = new Journal(disk, folder, request.transaction, { ...record, mark: 'PREPARED' });
    try {
      await makeFolder(disk, journalsFolder(stateDirectory));
      await makeFolder(disk, folder);
      // In any order, and each under its own name at once: before there is a record nothing counts.
      const documents: Record<Part, unknown> = { request, plan, snapshot: packed(state), files };
      const texts = PARTS.map((name) => [name, JSON.stringify(documents[name])] as const);
      const parts = texts.map(([name, text]) => disk.write(`${folder}/${fileOf(name)}`, text));
      const reserve = reserved(Object.fromEntries(texts) as Record<Part, string>);
      await Promise.all([...parts, disk.write(`${folder}/${RESERVE}`, reserve)]);
      await journal.mark('PREPARED');
      await disk.syncFolder(folder);
      return journal;
    } catch (error) {
      await journal.remove().catch(() => {});
      throw error;
    }
  }

  /** @returns null when there is no record: then nothing was done under this id, or its end is known */
  static async open(disk: Disk, stateDirectory: string, id: string): Promise<Journal | null> {
    const folder = `${journalsFolder(stateDirectory)}/${id}`;
    const record = await lastEntry<JournalRecord>(disk, `${folder}/${RECORDS}`);
    return record === null ? null : new Journal(disk, folder, id, record);
  }

  get record(): Readonly<JournalRecord> {
    return this.#record;
  }

  /** False when the transaction was cleared away. */
  async exists(): Promise<boolean> {
    return (await this.#disk.read(`${this.folder}/${RECORDS}`)) !== null;
  }

  /** Enters the state and keeps what changed with it, durably. */
  async mark(mark: Mark, changes: Partial<Omit<JournalRecord, 'mark'>> = {}): Promise<void> {
    const record = { ...this.#record, ...changes, mark };
    await appendEntry(this.#disk, `${this.folder}/${RECORDS}`, record);
    this.#record = record;
  }

  /** Reads again what another process may have written. */
  async reload(): Promise<void> {
    this.#record = (await lastEntry<JournalRecord>(this.#disk, `${this.folder}/${RECORDS}`)) ?? this.#record;
  }

  /**
   * Decides how the transaction goes, once for all processes.
   * @returns what holds, which is the other's decision when that came first
   */
  async decide(decision: Decision): Promise<Decision> {
    await this.useReserve();
    const path = `${this.folder}/decision`;
    if (this.#held !== null) {
      await writeDocument(this.#disk, path, this.#held);
      return this.#held;
    }
    if (await claimFile(this.#disk, path, JSON.stringify(decision))) return decision;
    return (await this.decision()) ?? decision;
  }

  /** What is written from now on may take the room that was kept for it. */
  async useReserve(): Promise<void> {
    await this.#disk.remove(`${this.folder}/${RESERVE}`);
  }

  /**
   * Has this process go by a decision that it cannot write down, unless another one can be read. One that comes to light later, from
   * a process that ended while the disk hung, finds it carried out, and yields.
   * @returns what holds
   */
  async hold(decision: Decision): Promise<Decision> {
    const other = await this.decision().catch((error: unknown) => {
      // That passes, and then it can be read.
      if (isShortage(error)) throw error;
      return null;
    });
    if (other === null) this.#held = decision;
    return other ?? decision;
  }

  async decision(): Promise<Decision | null> {
    return this.#held ?? readDocument<Decision>(this.#disk, `${this.folder}/decision`);
  }

  /** The last mark, unless the decision has overtaken it. */
  async state(): Promise<TransactionState> {
    const { mark } = this.#record;
    if (hasEnded(mark)) return mark;
    const decision = await this.decision();
    if (decision === null) return mark;
    return decision.way === 'commit' ? 'CONFIRMED' : 'REVERTING';
  }

  async request(): Promise<ApplyRequest> {
    return this.#part<ApplyRequest>('request');
  }

  async plan(): Promise<Plan> {
    return this.#part<Plan>('plan');
  }

  async snapshot(): Promise<Snapshot> {
    return {
      state: unpacked(await this.#part<PackedState | KernelState>('snapshot')),
      files: await this.#part<KeptFile[]>('files'),
    };
  }

  /** Whether every part is there, also what only an agent reads. */
  async isWhole(): Promise<boolean> {
    const names = new Set(await this.#disk.list(this.folder));
    return PARTS.every((name) => names.has(fileOf(name)));
  }

  /** The record goes first: without one nothing counts, whatever else a power cut leaves. Safe to repeat. */
  async remove(): Promise<void> {
    if (await this.exists()) {
      await this.#disk.remove(`${this.folder}/${RECORDS}`);
      await this.#disk.syncFolder(this.folder);
    }
    await this.#disk.remove(this.folder);
    await this.#disk.syncFolder(this.folder.slice(0, this.folder.lastIndexOf('/')));
  }

  /** Has what a revert needs in memory from now on. Nothing of it is understood yet: of a large host that takes long, and mostly is never wanted. */
  async readAhead(): Promise<void> {
    await Promise.all((['plan', 'snapshot', 'files'] as const).map((name) => this.#text(name)));
  }

  async #part<T>(name: Part): Promise<T> {
    return JSON.parse(await this.#text(name)) as T;
  }

  async #text(name: Part): Promise<string> {
    const text = this.#texts.get(name) ?? (await this.#disk.read(`${this.folder}/${fileOf(name)}`));
    if (text === null) throw new Error(`The journal of ${this.id} has no ${name}.`);
    this.#texts.set(name, text);
    return text;
  }
}
