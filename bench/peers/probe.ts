/** Asks a host from the other side of its management network every 10 ms whether it is there. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Lab, Running } from '@patchbay/lab';
import { type Answer, answerOf, type Gap, gapOf } from './gap.ts';

/** Answers in a row that show that a way is there: two seconds of them, for an outage may come late. */
const STEADY = 200;
const PATIENCE = 120_000;

/**
 * Ends when its input does, with everything said. A kernel whose clock ticks a hundred times in a second takes a pause of a whole
 * tick for two.
 */
const ASK = 'ping -D -n -i 0.009 "$0" & read -r line; kill -INT $!; wait';

export class Probe {
  readonly #address: string;
  readonly #running: Running;
  readonly #answers: Answer[] = [];
  #more: () => void = () => {};

  private constructor(lab: Lab, address: string) {
    this.#address = address;
    this.#running = lab.spawn('switch', ['sh', '-c', ASK, address]);
    createInterface(this.#running.stdout).on('line', (line) => {
      const answer = answerOf(line);
      if (answer === null) return;
      this.#answers.push(answer);
      this.#more();
    });
  }

  /** Resolves when the host answers. */
  static async start(lab: Lab, address: string): Promise<Probe> {
    const probe = new Probe(lab, address);
    await probe.#steady();
    return probe;
  }

  /** Waits until the host answers again and goes on answering. @returns the outage since the start */
  async end(): Promise<Gap> {
    await this.#steady();
    const closed = once(this.#running.stdout, 'end');
    this.#running.stdin.end();
    await closed;
    return gapOf(this.#answers);
  }

  #steady(): Promise<void> {
    const enough = this.#answers.length + STEADY;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${this.#address} did not answer ${STEADY} times in ${PATIENCE / 1000} s.`));
      }, PATIENCE);
      this.#more = () => {
        if (this.#answers.length < enough) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
