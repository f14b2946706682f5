import { Writable } from 'node:stream';

/**
 * Bytes under way to a guest. Its serial line holds 4095 that wait to be read; within 128 of that it asks for no more, and
 * never takes up again.
 */
const window = 3840;

/** A writable that has never more than a window of bytes on the way: the other end says how many it has taken. */
export class Paced extends Writable {
  readonly #line: Writable;
  #room = window;
  #rest: Buffer | undefined;
  #written: (() => void) | undefined;

  constructor(line: Writable) {
    super({ highWaterMark: window });
    this.#line = line;
    line.on('error', (error) => this.destroy(error));
  }

  /** The other end has read so many bytes more. */
  taken(bytes: number): void {
    this.#room += bytes;
    this.#advance();
  }

  override _write(chunk: Buffer, _encoding: string, written: () => void): void {
    this.#rest = chunk;
    this.#written = written;
    this.#advance();
  }

  #advance(): void {
    const rest = this.#rest;
    if (rest === undefined || this.#room <= 0) return;
    const now = rest.subarray(0, this.#room);
    this.#room -= now.length;
    this.#line.write(now);
    if (now.length < rest.length) {
      this.#rest = rest.subarray(now.length);
      return;
    }
    const written = this.#written;
    this.#rest = undefined;
    this.#written = undefined;
    written?.();
  }
}
