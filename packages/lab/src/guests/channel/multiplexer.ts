import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { encodeFrame, FrameReader } from './frames.ts';
import { Lane, type LaneHost } from './lane.ts';

interface Events {
  message: [unknown];
  /** So many bytes have been read from the link. */
  read: [number];
  /** The other end has read so many. */
  taken: [number];
  /** The link is gone; every lane has been destroyed. */
  close: [];
}

/**
 * JSON messages and any number of byte lanes over one byte stream. Messages and credit go ahead of data; lanes with
 * data take turns, so a bulk transfer slows others but never stops them.
 */
export class Multiplexer extends EventEmitter<Events> implements LaneHost {
  readonly #output: Writable;
  readonly #lanes = new Map<number, Lane>();
  readonly #waiting = new Set<Lane>();
  #urgent: Buffer[] = [];
  #nextId: number;
  #open = true;
  #pumping = false;

  /** `first` is 1 at one end of the link and 2 at the other, so both can open lanes without asking. */
  constructor(input: Readable, output: Writable, first: 1 | 2) {
    super();
    this.#output = output;
    this.#nextId = first;
    const reader = new FrameReader();
    input.on('data', (chunk: Buffer) => {
      for (const frame of reader.push(chunk)) {
        if (frame.kind === 'message') this.emit('message', JSON.parse(frame.payload.toString()));
        else if (frame.lane === 0) this.emit('taken', frame.payload.readUInt32BE(0));
        // Frames for a lane that was given up here may still be under way: they have no reader.
        else this.#lanes.get(frame.lane)?.receive(frame);
      }
      this.emit('read', chunk.length);
    });
    for (const event of ['end', 'close', 'error']) input.on(event, () => this.#close());
    output.on('drain', () => this.#pump());
    output.on('error', () => this.#close());
  }

  send(message: unknown): void {
    this.urgent(encodeFrame(0, 'message', Buffer.from(JSON.stringify(message))));
  }

  /** Tells the other end how many bytes of the link have been read here. */
  acknowledge(bytes: number): void {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(bytes);
    this.urgent(encodeFrame(0, 'credit', count));
  }

  /** A new lane; its id must be told to the other end by a message before data is written to it. */
  open(): Lane {
    const id = this.#nextId;
    this.#nextId += 2;
    return this.accept(id);
  }

  /** This end of a lane that the other end has opened. */
  accept(id: number): Lane {
    const lane = new Lane(id, this);
    this.#lanes.set(id, lane);
    if (!this.#open) lane.destroy(new Error('the lab is gone'));
    return lane;
  }

  urgent(frame: Buffer): void {
    this.#urgent.push(frame);
    this.#pump();
  }

  ready(lane: Lane): void {
    this.#waiting.add(lane);
    this.#pump();
  }

  closed(lane: Lane): void {
    this.#lanes.delete(lane.id);
    this.#waiting.delete(lane);
  }

  #pump(): void {
    // Taking a lane's data can make it ready again at once; its frames must still leave in order.
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#open && !this.#output.writableNeedDrain) {
      const frame = this.#urgent.shift() ?? this.#takeTurn();
      if (frame === undefined) break;
      this.#output.write(frame);
    }
    this.#pumping = false;
  }

  #takeTurn(): Buffer | undefined {
    for (const lane of this.#waiting) {
      this.#waiting.delete(lane);
      const frame = lane.nextFrame();
      if (frame !== undefined) return frame;
    }
    return undefined;
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#urgent = [];
    for (const lane of [...this.#lanes.values()]) lane.destroy(new Error('the lab is gone'));
    this.emit('close');
  }
}
