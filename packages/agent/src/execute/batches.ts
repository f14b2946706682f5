/** Operations of `ip` and `tc`, by the batch: one program for all operations of a kind, started when it is first needed. */
import type { KernelOp } from '@patchbay/protocol';
import { isDone } from './already-done.ts';
import { type BatchResult, IpBatch } from './ip-batch.ts';
import { ipLine } from './ip-line.ts';
import type { Run } from './runs.ts';
import { tcBatch } from './tc-batch.ts';
import { tcLine } from './tc-line.ts';

export type BatchedRun = Run & { executor: 'ip' | 'ip6' | 'tc' };

/** `cut`: as in {@link Execution}. */
export type BatchExecution = { ok: true } | { ok: false; failed: KernelOp; message: string; cut?: boolean };

export const isBatched = (run: Run): run is BatchedRun =>
  run.executor === 'ip' || run.executor === 'ip6' || run.executor === 'tc';

/** Milliseconds that a batch may take: a little to start, and what a removal costs at worst for each link and line. */
const START_LIMIT = 20_000;
const LINE_LIMIT = 250;

/** The batches of one execution, started when first needed and after a refusal that does not matter. */
export class Batches {
  readonly #running = new Map<'ip' | 'ip6', IpBatch>();
  readonly #limit: number;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #within: readonly string[];
  #ready: IpBatch | null;

  /**
   * @param within words that run a program somewhere else, such as in another namespace; none for here
   * @param ready an `ip` that was started before and has not been fed yet
   */
  constructor(
    ops: readonly KernelOp[],
    environment: Readonly<Record<string, string>>,
    within: readonly string[] = [],
    ready: IpBatch | null = null,
  ) {
    this.#ready = ready;
    const links = ops.reduce((sum, op) => sum + (op.kind === 'link.del-group' ? op.names.length : 1), 0);
    this.#limit = START_LIMIT + LINE_LIMIT * links;
    this.#environment = environment;
    this.#within = within;
  }

  /** Stops at the first operation that the kernel refuses, unless the kernel is already as it would make it. */
  async run({ executor, ops }: BatchedRun): Promise<BatchExecution> {
    const lines: string[] = [];
    for (const op of ops) {
      try {
        lines.push(executor === 'tc' ? tcLine(op) : ipLine(op));
      } catch (error) {
        return { ok: false, failed: op, message: error instanceof Error ? error.message : String(error) };
      }
    }
    for (let done = 0; done < lines.length; ) {
      const rest = lines.slice(done);
      const result = await this.#start(executor, rest).catch((error: unknown) => ({
        ok: false as const,
        line: 0,
        message: error instanceof Error ? error.message : String(error),
        cut: true,
      }));
      if (result.ok) return { ok: true };
      if (executor !== 'tc') this.#running.delete(executor);
      const failed = ops[done + result.line];
      if (failed === undefined)
        throw new Error(`${executor} failed at a line that it was not given: ${result.message}`);
      if (!isDone(failed, result.message)) {
        return { ok: false, failed, message: result.message, ...(result.cut === true ? { cut: true } : {}) };
      }
      done += result.line + 1;
    }
    return { ok: true };
  }

  /** Lets them go; resolves when their processes are gone. */
  async end(): Promise<void> {
    await Promise.all([...this.#running.values(), this.#ready].map((batch) => batch?.end()));
  }

  /** @throws when no process can be started now */
  async #start(executor: BatchedRun['executor'], lines: readonly string[]): Promise<BatchResult> {
    if (executor === 'tc') return tcBatch(lines, this.#environment, this.#within);
    return this.#batch(executor).run(lines, this.#limit);
  }

  #batch(executor: 'ip' | 'ip6'): IpBatch {
    const running = this.#running.get(executor);
    if (running !== undefined) return running;
    const batch = (executor === 'ip' ? this.#taken() : null) ?? this.#started(executor);
    this.#running.set(executor, batch);
    return batch;
  }

  #taken(): IpBatch | null {
    const ready = this.#ready;
    this.#ready = null;
    if (ready === null || !ready.isRunning) return null;
    ready.hold(true);
    return ready;
  }

  #started(executor: 'ip' | 'ip6'): IpBatch {
    return new IpBatch(executor === 'ip6' ? ['-6'] : [], this.#environment, this.#limit, this.#within);
  }
}
