/** A network namespace of its own, with `ip` inside it: what is made there is seen by nobody, and goes when the program goes. */
import { Child } from '../../execute/spawn.ts';
import { type Json, parseArray } from '../links.ts';

/** Milliseconds for a set of trials. */
const LIMIT = 30_000;

/** Something to do, whether or not the kernel takes it, and the question that tells what came of it. */
export interface Trial {
  lines: readonly string[];
  /** Must have an answer: about a device that exists, or about all of a kind. */
  question: string;
}

export class Scratch {
  readonly #setUp: readonly string[];
  readonly #environment: Readonly<Record<string, string>>;
  #child: Child | null = null;

  /** @param setUp lines that make the devices to try things on; made anew when they are lost */
  constructor(setUp: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#setUp = setUp;
    this.#environment = environment;
  }

  /** @returns an answer per trial; null where `ip` itself does not know the words. @throws when there can be no such namespace */
  async ask(trials: readonly Trial[]): Promise<(Json[] | null)[]> {
    const answers: (Json[] | null)[] = [];
    while (answers.length < trials.length) {
      const rest = trials.slice(answers.length);
      const child = this.#child ?? (await this.#begin());
      this.#child = child;
      child.write(`${rest.flatMap(({ lines, question }) => [...lines, question]).join('\n')}\n`);
      const all = await child.hears(rest.length, LIMIT);
      answers.push(...child.take().split('\n').slice(0, -1).map(told));
      if (all) break;
      // Words that `ip` does not know end it, and all that it had is gone with it.
      this.#child = null;
      await child.ended;
      answers.push(null);
    }
    return answers;
  }

  async end(): Promise<void> {
    this.#child?.end();
    await this.#child?.ended;
  }

  async #begin(): Promise<Child> {
    const child = new Child('unshare', ['-n', 'ip', '-d', '-j', '-force', '-batch', '-'], this.#environment);
    child.write(`${[...this.#setUp, 'link show dev lo'].join('\n')}\n`);
    if (!(await child.hears(1, LIMIT))) {
      const { stderr } = await child.ended;
      throw new Error(`No network namespace to try things in: ${stderr.trim()}`);
    }
    child.take();
    return child;
  }
}

/** What an answer is about: of a kind that it does not know a kernel names all devices, of which `ip` leaves nothing but the braces. */
function told(answer: string): Json[] {
  return parseArray(answer).filter((entry) => Object.keys(entry).length > 0);
}
