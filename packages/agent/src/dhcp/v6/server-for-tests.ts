/** A DHCPv6 server in memory, and a clock that moves when nobody has anything left to do. For tests. */
import { bitsOf } from '../../ip-address.ts';
import type { Ports } from './client.ts';

export interface Heard {
  type: number;
  transaction: number;
  options: Map<number, Buffer>;
  /** Milliseconds since the start. */
  at: number;
}

export class TestClock {
  #now = 1_000_000;
  readonly #start = this.#now;
  readonly #sleepers = new Set<{ at: number; wake: () => void }>();

  now = (): number => this.#now;
  get elapsed(): number {
    return this.#now - this.#start;
  }

  sleep: Ports['sleep'] = (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const sleeper = {
        at: this.#now + milliseconds,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', sleeper.wake, { once: true });
    });

  /** Lets so many milliseconds pass. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settled();
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#now = end;
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
}

export const SERVER = Buffer.from('00030001020000000001', 'hex');
export const NAME_SERVER = '2001:db8::53';

/** Options of an answer. */
export interface Says {
  type: number;
  server?: Buffer;
  status?: number;
  preference?: number;
  address?: string | null;
  preferred?: number;
  valid?: number;
  renew?: number;
  rebind?: number;
}

export function heard(bytes: Buffer, at: number): Heard {
  const options = new Map<number, Buffer>();
  for (let pos = 4; pos < bytes.length; ) {
    const end = pos + 4 + bytes.readUInt16BE(pos + 2);
    options.set(bytes.readUInt16BE(pos), bytes.subarray(pos + 4, end));
    pos = end;
  }
  return { type: bytes[0] ?? 0, transaction: bytes.readUIntBE(1, 3), options, at };
}

/** The address that a question is about; null for none. */
export function addressIn(question: Heard): string | null {
  const inside = question.options.get(3)?.subarray(12);
  return inside === undefined || inside.length === 0 ? null : inside.subarray(4, 20).toString('hex');
}

export const hexOf = (address: string): string => (bitsOf(address) ?? 0n).toString(16).padStart(32, '0');

export function answer(question: Heard, says: Says): Buffer {
  const { address = null, preferred = 100, valid = 200, renew = 0, rebind = 0 } = says;
  const header = Buffer.alloc(4);
  header.writeUInt32BE(question.transaction);
  header.writeUInt8(says.type);
  const times = Buffer.alloc(8);
  times.writeUInt32BE(renew);
  times.writeUInt32BE(rebind, 4);
  const lives = Buffer.alloc(8);
  lives.writeUInt32BE(preferred);
  lives.writeUInt32BE(valid, 4);
  const within = address === null ? [] : [option(5, Buffer.from(hexOf(address), 'hex'), lives)];
  const iaid = question.options.get(3)?.subarray(0, 4) ?? Buffer.alloc(4);
  return Buffer.concat([
    header,
    option(1, question.options.get(1) ?? Buffer.alloc(0)),
    option(2, says.server ?? SERVER),
    ...(says.preference === undefined ? [] : [option(7, Buffer.from([says.preference]))]),
    ...(says.status === undefined ? [] : [option(13, Buffer.from([0, says.status]))]),
    option(3, iaid, times, ...within),
    option(23, Buffer.from(hexOf(NAME_SERVER), 'hex')),
  ]);
}

export function option(code: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt16BE(code);
  head.writeUInt16BE(content.length, 2);
  return Buffer.concat([head, content]);
}
