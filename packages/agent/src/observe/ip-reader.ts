/**
 * `ip` as a long-lived reader: starting it costs more than what it reads on most hosts. Each question is one line, and each
 * answer is one line of JSON. It leaves when nobody has asked for a while.
 */
import { Child } from '../execute/spawn.ts';

/** Milliseconds for one set of answers; seconds are only reached on a host that swaps. */
const LIMIT = 30_000;
/** Milliseconds without a question. */
const IDLE = 5_000;
/** Milliseconds until a program is replaced that remembers too much: whoever has just asked has more to do, and a start takes time. */
const REPLACE = 1_000;

export class IpReader {
  readonly #args: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  readonly #limit: number;
  #child: Child | null = null;
  #stays = false;
  #idle: NodeJS.Timeout | undefined;
  #last: Promise<unknown> = Promise.resolve();
  /**
   * Names by index, as far as the program that runs has told them. It goes on using a name that it has seen once when it speaks of
   * that device's ports and routes, also when the device has another by then.
   */
  readonly names = new Map<number, string>();

  /**
   * @param options of `ip`, before the questions
   * @param limit milliseconds for one set of answers
   */
  constructor(options: readonly string[], environment: Readonly<Record<string, string>>, limit = LIMIT) {
    this.#args = [...options, '-batch', '-'];
    this.#environment = environment;
    this.#limit = limit;
  }

  /** @returns one answer per question. @throws with the words of `ip` when it could not answer */
  ask(questions: readonly string[]): Promise<string[]> {
    return this.#next(questions, (child) => child.hears(questions.length, this.#limit));
  }

  /**
   * Asks where some questions may stay without an answer.
   * @param last how the answer to the last one begins, as no other does
   * @returns the answers. @throws with the words of `ip` when it could not answer
   */
  askUntil(questions: readonly string[], last: string): Promise<string[]> {
    return this.#next(questions, (child) => child.hearsLast(last, this.#limit));
  }

  /** Gives it lines that have no answer, after the questions asked so far. */
  tell(lines: readonly string[]): Promise<void> {
    const told = this.#last.then(() => {
      const child = this.#take();
      child.write(`${lines.join('\n')}\n`);
      this.#rest(child);
    });
    this.#last = told;
    return told;
  }

  /** From now on a program waits for questions, also when nobody asks. */
  stay(): void {
    this.#stays = true;
    this.#rest(this.#take());
  }

  /** Another program, which remembers nothing, answers the next question. */
  forget(): void {
    this.#drop();
    if (this.#stays) this.#idle = setTimeout(() => this.#replace(), REPLACE).unref();
  }

  #replace(): void {
    try {
      this.stay();
    } catch {
      // No process can be started now; the next question says so, if that is still so.
    }
  }

  close(): void {
    this.#stays = false;
    this.#drop();
  }

  #next(questions: readonly string[], hears: (child: Child) => Promise<boolean>): Promise<string[]> {
    const answer = this.#last.then(() => this.#ask(questions, hears));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #ask(questions: readonly string[], hears: (child: Child) => Promise<boolean>): Promise<string[]> {
    const child = this.#take();
    child.write(`${questions.join('\n')}\n`);
    if (!(await hears(child))) {
      if (this.#child === child) this.#child = null;
      const { status, stderr } = await child.ended;
      throw new Error(`ip ${this.#args.join(' ')}: ${stderr.trim() || `status ${status}`}`);
    }
    this.#rest(child);
    return child.take().split('\n');
  }

  #take(): Child {
    clearTimeout(this.#idle);
    if (this.#child === null || !this.#child.isRunning) {
      this.#child = new Child('ip', this.#args, this.#environment);
      this.names.clear();
    }
    this.#child.hold(true);
    return this.#child;
  }

  #rest(child: Child): void {
    child.hold(false);
    if (this.#stays) return;
    this.#idle = setTimeout(() => {
      if (this.#child === child) this.#drop();
    }, IDLE).unref();
  }

  #drop(): void {
    clearTimeout(this.#idle);
    this.#child?.end();
    this.#child = null;
  }
}
