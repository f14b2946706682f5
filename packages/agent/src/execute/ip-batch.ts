/**
 * One `ip -batch` that is fed run by run: starting the program is the dearest part of a small change, so it is started once.
 * It stops at the first line that the kernel refuses, and says which.
 */
import { Child } from './spawn.ts';

/** What tc says after the kernel's own words. */
const TALKING = 'We have an error talking to the kernel';
/** Answers with exactly one line, so that everything before it is known to be done. */
const BARRIER = 'link show dev lo';

/** `cut`: nothing was refused, because the program could not be started or was ended by somebody else. */
export type BatchResult = { ok: true } | { ok: false; line: number; message: string; cut: boolean };

export class IpBatch {
  readonly #child: Child;
  readonly #limit: number;
  #sent = 0;

  /**
   * @param limit milliseconds for one run
   * @param within words that run a program somewhere else; none for here
   */
  constructor(
    options: readonly string[],
    environment: Readonly<Record<string, string>>,
    limit: number,
    within: readonly string[] = [],
  ) {
    this.#child = Child.of([...within, 'ip', ...options, '-j', '-batch', '-'], environment);
    this.#limit = limit;
  }

  /** Whether it can be fed. */
  get isRunning(): boolean {
    return this.#child.isRunning;
  }

  /** Whether this process stays alive for its sake, which it need not for one that only waits. */
  hold(held: boolean): void {
    this.#child.hold(held);
  }

  /**
   * @param limit milliseconds, where this run has another
   * @returns when the kernel has taken every line; or the index of the first that it refused, after which the batch has ended
   */
  async run(lines: readonly string[], limit = this.#limit): Promise<BatchResult> {
    const start = this.#sent;
    this.#child.write(`${[...lines, BARRIER].join('\n')}\n`);
    this.#sent += lines.length + 1;
    const done = await this.#child.hears(1, limit);
    this.#child.take();
    if (done) return { ok: true };
    const { status, stderr, cut } = await this.#child.ended;
    const failed = /^Command failed -:(\d+)$/m.exec(stderr);
    // Without a line number, as when the time was up, nobody knows how far it came: the first is as good as any.
    const line = failed === null ? 0 : Number(failed[1]) - 1 - start;
    return { ok: false, line, message: messageOf(stderr) || `ip ended with status ${status}`, cut };
  }

  /**
   * Lets it go. Every line of a run that has returned is done by then, so nobody need wait for its end who does not want its
   * process gone, too.
   */
  async end(): Promise<void> {
    this.#child.hold(true);
    this.#child.end();
    await this.#child.ended;
  }
}

/** The kernel's words without iproute2's frame. */
export function messageOf(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('Command failed') && line !== TALKING)
    .map((line) => line.replace(/^(RTNETLINK answers|Error): /, ''))
    .join(' ');
}
