import { Duplex } from 'node:stream';
import { encodeFrame, type Frame } from './frames.ts';

/** Bytes a sender may have under way on one lane before the other end has taken any. */
const window = 128 * 1024;
/** Largest piece of one lane; at serial speed it holds the line for about 15 ms. */
const piece = 12 * 1024;

/** What a lane needs of the multiplexer it runs on. */
export interface LaneHost {
  /** Sends a frame ahead of all waiting data. */
  urgent(frame: Buffer): void;
  /** Asks for a call of {@link Lane.nextFrame} when the link has room. */
  ready(lane: Lane): void;
  closed(lane: Lane): void;
}

/**
 * One byte stream in each direction, with half-close and with credit: a reader that stops reading stops the writer at
 * the other end, and nobody else.
 */
export class Lane extends Duplex {
  readonly id: number;
  readonly #host: LaneHost;
  #credit = window;
  #owed = 0;
  #pending: Buffer | undefined;
  #written: (() => void) | undefined;
  #ended = { here: false, there: false };

  constructor(id: number, host: LaneHost) {
    super({ allowHalfOpen: true });
    this.id = id;
    this.#host = host;
  }

  override _write(chunk: Buffer, _encoding: string, written: () => void): void {
    this.#pending = chunk;
    this.#written = written;
    this.#host.ready(this);
  }

  override _final(done: () => void): void {
    this.#ended.here = true;
    this.#host.urgent(encodeFrame(this.id, 'end'));
    done();
  }

  override _read(): void {
    if (this.#owed < window / 4) return;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(this.#owed);
    this.#owed = 0;
    this.#host.urgent(encodeFrame(this.id, 'credit', count));
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!(this.#ended.here && this.#ended.there)) this.#host.urgent(encodeFrame(this.id, 'reset'));
    this.#host.closed(this);
    done(error);
  }

  /** The next frame to send, or undefined when there is nothing or no credit left. */
  nextFrame(): Buffer | undefined {
    const pending = this.#pending;
    if (pending === undefined || this.#credit === 0) return undefined;
    const length = Math.min(piece, this.#credit, pending.length);
    const frame = encodeFrame(this.id, 'data', pending.subarray(0, length));
    this.#credit -= length;
    if (length < pending.length) {
      this.#pending = pending.subarray(length);
      this.#host.ready(this);
    } else {
      const written = this.#written;
      this.#pending = undefined;
      this.#written = undefined;
      written?.();
    }
    return frame;
  }

  /** Takes in a frame that the other end sent on this lane. */
  receive(frame: Frame): void {
    switch (frame.kind) {
      case 'data':
        this.#owed += frame.payload.length;
        this.push(frame.payload);
        break;
      case 'end':
        this.#ended.there = true;
        this.push(null);
        break;
      case 'credit':
        this.#credit += frame.payload.readUInt32BE(0);
        this.#host.ready(this);
        break;
      case 'reset':
        this.#ended = { here: true, there: true };
        this.destroy(new LaneReset());
        break;
      case 'message':
        throw new Error('a message arrived on a lane');
    }
  }
}

/** The other end gave the lane up before both directions had ended. */
export class LaneReset extends Error {
  constructor() {
    super('reset by the other end');
  }
}
