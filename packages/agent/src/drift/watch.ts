/**
 * Looks at the host whenever something has happened on it, and now and then when nothing has: tells the engine what it sees,
 * and puts right what it may.
 */
import { type HostEvent, type HostReport, type KernelOp, MOST_EVENTS, type RepairClass } from '@patchbay/protocol';
import { describe } from '../execute/describe.ts';
import type { Ended } from '../persist/outcomes.ts';
import type { Log, Planner } from '../transaction/parts.ts';
import { Brake } from './brake.ts';
import { eventsBetween, type Happened, type Seen } from './events.ts';
import { repairPlanner } from './repair.ts';

/** Milliseconds between two looks when nothing happens. */
const EVERY = 60_000;
export interface DriftWatchParts {
  report(): Promise<HostReport>;
  planner: Planner;
  /** Whether a change is under way: what is seen then is nobody else's doing, and may be taken back. */
  busy(): boolean;
  repair(planner: Planner): Promise<Ended | null>;
  /** @returns false when no engine has heard it */
  tell(report: HostReport, events: HostEvent[]): Promise<boolean>;
  log: Log;
}

export class DriftWatch {
  readonly #parts: DriftWatchParts;
  readonly #timer: NodeJS.Timeout;
  #allowed: ReadonlySet<RepairClass> = new Set();
  #seen: Seen | null = null;
  #told = 0;
  /** Those that wait for an engine; of more than it takes at once, the oldest go. */
  #events: HostEvent[] = [];
  /** What happened that no report shows, and no report has been made since. */
  #beside: readonly Happened[] = [];
  /** Differences that a repair could not remove; they are not tried again until they are others, or steps that were held may be taken. */
  #hopeless = '';
  #until = 0;
  readonly #brake = new Brake();
  #repairing = false;
  #waits = false;
  #closed = false;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: DriftWatchParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.look(), EVERY).unref();
  }

  /** Something may have happened. */
  look(): void {
    // One that has not begun will see it as well.
    if (this.#waits) return;
    this.#waits = true;
    void this.#next(() => {
      this.#waits = false;
      return this.#look();
    });
  }

  /** Something has happened that no report shows. */
  happened(events: readonly Happened[]): void {
    if (events.length === 0) return;
    this.#beside = [...this.#beside, ...events].slice(-MOST_EVENTS);
    this.look();
  }

  /** A change by an engine has ended: what it did is no news. */
  forget(): void {
    if (this.#repairing) return;
    this.#seen = null;
    this.#hopeless = '';
    this.#brake.release();
  }

  /** Looks without telling: what is seen is what later looks are compared with. */
  begin(): void {
    void this.#next(async () => {
      if (this.#seen === null && !this.#parts.busy()) this.#note(await this.#parts.report());
    });
  }

  /** What may be put right from now on. */
  allow(classes: readonly RepairClass[]): void {
    this.#allowed = new Set(classes);
    this.#hopeless = '';
    if (classes.length > 0) this.look();
  }

  /** An engine has a report that is this new. */
  reported(stateVersion: number): void {
    this.#told = Math.max(this.#told, stateVersion);
    if (this.#events.length > 0) this.look();
  }

  /** Resolves when everything that was asked for has been looked at. */
  async settled(): Promise<void> {
    await this.#last;
  }

  /** Looks no more, and begins no repair. One that has begun comes to its end: {@link settled} waits for it. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  #next(work: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(work).catch((error: unknown) => {
      this.#parts.log('warn', 'the host could not be looked at', { reason: String(error) });
    });
    return this.#last;
  }

  async #look(): Promise<void> {
    if (this.#closed || this.#parts.busy()) return;
    const report = await this.#parts.report();
    // One that began meanwhile has its own end.
    if (report.drift === undefined || this.#parts.busy()) return;
    this.#note(report);
    await this.#tell(report);
    if (report.drift.state === 'drifted' && this.#allowed.size > 0) await this.#repair(JSON.stringify(report.drift));
  }

  #note(report: HostReport, more: readonly Happened[] = []): void {
    const { drift } = report;
    if (drift === undefined) return;
    const seen = { state: report, drift };
    const happened = [...(this.#seen === null ? [] : eventsBetween(this.#seen, seen)), ...this.#beside, ...more];
    this.#beside = [];
    this.#seen = seen;
    const { stateVersion } = report;
    this.#events = [...this.#events, ...happened.map((one) => ({ ...one, stateVersion }))].slice(-MOST_EVENTS);
  }

  async #tell(report: HostReport): Promise<void> {
    if (report.stateVersion === this.#told && this.#events.length === 0) return;
    const events = this.#events;
    if (!(await this.#parts.tell(report, events))) return;
    this.#told = report.stateVersion;
    this.#events = this.#events.slice(events.length);
  }

  async #repair(differences: string): Promise<void> {
    if (this.#closed) return;
    const now = performance.now();
    // A look is taken now and then in any case.
    if (differences === this.#hopeless && now < this.#until) return;
    const before = this.#seen?.drift.differences ?? [];
    const allowed = this.#allowed;
    this.#repairing = true;
    // The same to the end, or what becomes due meanwhile would be missing when the repair is verified.
    const held = (op: KernelOp) => this.#brake.holds(describe(op), now);
    const ended = await this.#parts.repair(repairPlanner(this.#parts.planner, allowed, held)).finally(() => {
      this.#repairing = false;
    });
    const report = await this.#parts.report();
    // What this very repair has done is no other hand's doing.
    if (report.drift !== undefined) this.#seen = { state: report, drift: report.drift };
    const found = JSON.stringify(report.drift);
    const stuck = ended === null ? found === differences : ended.problem !== null;
    // What was allowed meanwhile may help.
    this.#hopeless = stuck && allowed === this.#allowed ? found : '';
    this.#until = ended === null ? this.#brake.nextEnd(now) : Number.POSITIVE_INFINITY;
    // What differs now and was not tried came meanwhile, and nothing else may ever happen that rings for it.
    if (!stuck && report.drift?.state === 'drifted') this.look();
    if (ended === null) return;
    const left = new Set(report.drift?.differences.map((one) => JSON.stringify(one)));
    const mended = before.filter((one) => !left.has(JSON.stringify(one)));
    const text = mended.map(({ device, property }) => `${property} of ${device ?? 'the host'}`).join(', ');
    const [device = null, ...others] = [...new Set(mended.map((one) => one.device))];
    const network = mended[0]?.network ?? null;
    const where = { device: others.length > 0 ? null : device, network };
    const { problem } = ended;
    const steps = problem === null ? (ended.plan?.steps ?? []) : [];
    const pause = this.#brake.taken(
      steps.map((step) => step.text),
      performance.now(),
    );
    if (pause > 0) this.#parts.log('warn', 'what was put right does not last', { what: text, pause });
    this.#note(report, [
      problem === null
        ? { kind: 'drift.repaired', ...where, before: text, after: null }
        : { kind: 'drift.unrepaired', ...where, before: text, after: problem.message },
    ]);
    await this.#tell(report);
  }
}
