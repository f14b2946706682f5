/** Neighbours of this host, by the kernel's own table. */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { IpBatch } from './ip-batch.ts';
import { outputOf } from './spawn.ts';

const TABLE = '/proc/net/arp';
/** Flag of an entry whose hardware address holds (`ATF_COM` of linux/if_arp.h). */
const COMPLETE = 2;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.@+-]{0,14}$/;
/** Milliseconds for `ip` to say what it knows. */
const LIMIT = 10_000;
/** Milliseconds after which a neighbour that says nothing is asked anew; the kernel has asked three times by then, a second apart. */
const SILENCE = 4_000;
const LOOK_AGAIN = 100;
/** Discard (RFC 863): where a datagram goes that is sent only for the kernel to ask who has the address. */
const DISCARD = 9;

export class KernelNeighbours {
  readonly #environment: Readonly<Record<string, string>>;

  /** @param environment added to the environment of every program that is started */
  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
  }

  /** Whether its hardware address is known. */
  async known(device: string, address: string): Promise<boolean> {
    check(device, address);
    return address.includes(':') ? this.#known6(device, address) : isIn(readFileSync(TABLE, 'latin1'), device, address);
  }

  async #known6(device: string, address: string): Promise<boolean> {
    const args = ['-j', 'neigh', 'show', 'to', address, 'dev', device];
    const entries = parse(await outputOf('ip', args, LIMIT, this.#environment));
    return entries.some(({ lladdr, state = [] }) => lladdr !== undefined && !state.includes('FAILED'));
  }

  async answers(device: string, address: string, patience: number): Promise<boolean> {
    check(device, address);
    for (const until = performance.now() + patience; ; ) {
      if (await this.#answersNow(device, address)) return true;
      if (performance.now() >= until) return false;
    }
  }

  async #answersNow(device: string, address: string): Promise<boolean> {
    // What is known already may be of yesterday; a neighbour that is not in the table cannot be taken out, which is as well.
    const batch = new IpBatch([], this.#environment, LIMIT);
    await batch.run([`neigh del ${address} dev ${device}`]);
    void batch.end();
    await knock(device, address);
    for (let waited = 0; waited < SILENCE; waited += LOOK_AGAIN) {
      if (await this.known(device, address)) return true;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
    return false;
  }
}

/**
 * Whether the kernel's table has a neighbour of IPv4 with its hardware address. This is asked in every change of a host that has an
 * engine, and to start a program for it would take longer than all else that is asked.
 * @param table as in `/proc/net/arp` (net/ipv4/arp.c of Linux)
 */
export function isIn(table: string, device: string, address: string): boolean {
  return table.split('\n').some((line) => {
    const [of, , flags, , , on] = line.trim().split(/\s+/);
    return of === address && on === device && (Number(flags) & COMPLETE) !== 0;
  });
}

/** Whatever becomes of it: only the question that the kernel asks before counts. */
function knock(device: string, address: string): Promise<void> {
  const v6 = address.includes(':');
  const socket = createSocket(v6 ? 'udp6' : 'udp4');
  return new Promise((resolve) => {
    const end = (): void => {
      socket.close();
      resolve();
    };
    socket.once('error', end);
    const to = v6 && address.startsWith('fe80:') ? `${address}%${device}` : address;
    socket.send(new Uint8Array(1), DISCARD, to, end);
  });
}

/** @throws for what is no name of a device and no address: both go into a line for `ip` */
function check(device: string, address: string): void {
  if (!NAME.test(device) || !/^[0-9a-fA-F.:]{2,45}$/.test(address)) {
    throw new Error(`${JSON.stringify(address)} on ${JSON.stringify(device)} is no neighbour.`);
  }
}

function parse(json: string): { lladdr?: string; state?: string[] }[] {
  try {
    const entries: unknown = JSON.parse(json);
    return Array.isArray(entries) ? entries : [];
  } catch {
    return [];
  }
}
