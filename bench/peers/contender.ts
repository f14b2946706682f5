/** What a contender does on its lab host, and how it is seen that it has done it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Device, devicesOf } from './devices.ts';
import type { Step } from './steps.ts';

export interface Contender {
  /** Does the work. @returns milliseconds, from what a person gives it to where it stands */
  take(step: Step): Promise<number>;
}

/** Milliseconds between two looks; one costs a file or two, next to what is looked at. */
const LOOK = 10;
const PATIENCE = 900_000;

/** Devices of a config that are not as it says, and devices that are nobody's any more. */
export class Outstanding {
  #devices: Device[];
  #gone: string[];

  constructor(before: readonly Device[], { config }: Step) {
    this.#devices = devicesOf(config).toReversed();
    const names = new Set(this.#devices.map(({ name }) => name));
    this.#gone = before.filter(({ name, kind }) => kind !== 'nic' && !names.has(name)).map(({ name }) => name);
  }

  /** What is first missing; null when all of it stands. What has been seen once is not looked at again. */
  first(): string | null {
    for (let device = this.#devices.at(-1); device !== undefined; device = this.#devices.at(-1)) {
      if (!stands(device)) return device.name;
      this.#devices.pop();
    }
    for (let name = this.#gone.at(-1); name !== undefined; name = this.#gone.at(-1)) {
      if (there().has(name)) return name;
      this.#gone.pop();
    }
    return null;
  }

  /** Waits for one that goes on after its program has ended. @throws when it does not come to be */
  async none(): Promise<void> {
    const end = performance.now() + PATIENCE;
    for (let name = this.first(); name !== null; name = this.first()) {
      if (performance.now() > end) throw new Error(`${name} is not as it should be after ${PATIENCE / 1000} s.`);
      await pause(LOOK);
    }
  }
}

const there = (): Set<string> => new Set(readdirSync('/sys/class/net'));

/** It exists, is up, plugged in where it should be, and has its address. */
function stands({ name, master, ipv4 }: Device): boolean {
  const folder = `/sys/class/net/${name}`;
  try {
    if ((Number(readFileSync(`${folder}/flags`, 'utf8')) & 1) === 0) return false;
    if (master !== null && basename(readlinkSync(`${folder}/master`)) !== master.name) return false;
  } catch {
    return false;
  }
  return ipv4 === null || holds(name, ipv4);
}

/** Also where it has no carrier yet, which no program waits for and which Node's own list leaves out. */
function holds(name: string, { address, prefix }: NonNullable<Device['ipv4']>): boolean {
  const bytes = address.split('.').map(Number);
  const subnet = bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - 8 * at))) & 0xff);
  // The kernel writes it as one number of its own byte order.
  const destination = (endianness() === 'LE' ? subnet.toReversed() : subnet)
    .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
    .join('');
  return (
    readFileSync('/proc/net/route', 'utf8').includes(`\n${name}\t${destination}\t`) &&
    readFileSync('/proc/net/fib_trie', 'utf8').includes(`|-- ${address}\n`)
  );
}
