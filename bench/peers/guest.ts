/** A contender on its lab host, from outside. */
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Lab, Running } from '@patchbay/lab';
import { NODE_FLAGS } from '../../packages/agent/src/node-flags.ts';
import { bundle } from '../../packages/lab/src/guests/bundle.ts';
import type { Step } from './steps.ts';

export class Guest {
  readonly name: string;
  /** Of its host on the management network. */
  readonly address: string;
  readonly #running: Running;
  readonly #lines: AsyncIterator<string>;
  readonly #complaint: Promise<string>;

  private constructor(name: string, address: string, running: Running) {
    this.name = name;
    this.address = address;
    this.#running = running;
    this.#lines = createInterface(running.stdout)[Symbol.asyncIterator]();
    this.#complaint = text(running.stderr);
    // Where it ends early, what it said is why.
    for (const ending of [this.#complaint, running.status]) ending.catch(() => {});
  }

  /**
   * @param number of the host in the lab
   * @param guard script of an agent's guard
   * @param managers files of network managers
   */
  static async start(lab: Lab, number: number, name: string, guard: string, managers: string): Promise<Guest> {
    const file = join(lab.folder, `contender-${number}.mjs`);
    await bundle(fileURLToPath(new URL('./take-steps.ts', import.meta.url)), file);
    const address = `192.168.100.${10 + number}`;
    const argv = [process.execPath, ...NODE_FLAGS, '--enable-source-maps', file, name, guard, address];
    const running = lab.spawn(`host${number}`, argv, { env: { PATCHBAY_MANAGERS: managers } });
    const guest = new Guest(name, address, running);
    await guest.#answer();
    return guest;
  }

  /** @returns milliseconds @throws with what it complained of when it could not */
  async take(step: Step): Promise<number> {
    this.#running.stdin.write(`${JSON.stringify(step)}\n`);
    return Number(await this.#answer());
  }

  async stop(): Promise<void> {
    this.#running.stdin.end();
    await this.#running.status;
  }

  async #answer(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done !== true) return value;
    throw new Error(`${this.name}: ${await this.#complaint}`);
  }
}
