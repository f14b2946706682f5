/**
 * Bytes between the lab's two ends: `lane u32 | kind u8 | length u32 | payload`, big endian. Binary, because a serial
 * line carries under 1 MB/s and base64 would take a third of it.
 */

export type FrameKind = 'message' | 'data' | 'end' | 'reset' | 'credit';
const kinds: readonly FrameKind[] = ['message', 'data', 'end', 'reset', 'credit'];

/** One unit on the link. `message` frames are JSON on lane 0; `credit` carries a u32 count of bytes. */
export interface Frame {
  readonly lane: number;
  readonly kind: FrameKind;
  readonly payload: Buffer;
}

const headerLength = 9;
const nothing = Buffer.alloc(0);

/** The bytes of one frame. */
export function encodeFrame(lane: number, kind: FrameKind, payload: Buffer = nothing): Buffer {
  const bytes = Buffer.allocUnsafe(headerLength + payload.length);
  bytes.writeUInt32BE(lane, 0);
  bytes.writeUInt8(kinds.indexOf(kind), 4);
  bytes.writeUInt32BE(payload.length, 5);
  payload.copy(bytes, headerLength);
  return bytes;
}

/** Cuts a byte stream, in whatever pieces it arrives, into frames. Throws on a kind it does not know. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes that must be there before anything can be cut off. */
  #wanted = headerLength;

  push(chunk: Buffer): Frame[] {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    const frames: Frame[] = [];
    while (this.#buffered >= this.#wanted) {
      const bytes = this.#chunks.length === 1 ? (this.#chunks[0] ?? nothing) : Buffer.concat(this.#chunks);
      const length = headerLength + bytes.readUInt32BE(5);
      if (bytes.length >= length) {
        const kind = kinds[bytes.readUInt8(4)];
        if (kind === undefined) throw new Error(`frame of unknown kind ${bytes.readUInt8(4)}`);
        frames.push({ lane: bytes.readUInt32BE(0), kind, payload: bytes.subarray(headerLength, length) });
      }
      const rest = bytes.length >= length ? bytes.subarray(length) : bytes;
      this.#chunks = [rest];
      this.#buffered = rest.length;
      this.#wanted = bytes.length >= length ? headerLength : length;
    }
    return frames;
  }
}
