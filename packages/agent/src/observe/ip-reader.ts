/**
 * `ip` as a long-lived reader: starting it costs more than what it reads on most hosts. Each question is one line, and each
 * answer is one line of JSON. It leaves when nobody has asked for a while, so that it never grows old.
 */
import { Child } from '../execute/spawn.ts';

/** Milliseconds for one set of answers; seconds are only reached on a host that swaps. */
const LIMIT = 30_000;
/** Milliseconds without a question. */
const IDLE = 5_000;

export class IpReader {
  readonly #args: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #child: Child | null = null;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param options of `ip`, before the questions */
  constructor(options: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#args = [...options, '-batch', '-'];
    this.#environment = environment;
  }

  /** @returns one answer per question. @throws with the words of `ip` when it could not answer */
  ask(questions: readonly string[]): Promise<string[]> {
    const answer = this.#last.then(() => this.#ask(questions));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #ask(questions: readonly string[]): Promise<string[]> {
    clearTimeout(this.#idle);
    const child = this.#child ?? new Child('ip', this.#args, this.#environment);
    this.#child = child;
    child.hold(true);
    child.write(`${questions.join('\n')}\n`);
    const answered = await child.hears(questions.length, LIMIT);
    if (!answered) {
      this.#child = null;
      const { status, stderr } = await child.ended;
      throw new Error(`ip ${this.#args.join(' ')}: ${stderr.trim() || `status ${status}`}`);
    }
    child.hold(false);
    this.#idle = setTimeout(() => this.#leave(child), IDLE).unref();
    return child.take().split('\n');
  }

  #leave(child: Child): void {
    this.#child = null;
    child.end();
  }
}
