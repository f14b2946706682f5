import { type Decoded, reasons, type WireFault } from './fault.ts';
import { limits } from './limits.ts';

/** Thrown by a decoder at the first thing wrong, and caught where the decoder was called: it stops the parser. */
export class Refused extends Error {
  readonly fault: WireFault;
  constructor(fault: WireFault) {
    super(fault.detail);
    this.fault = fault;
  }
}

const whole = (status: 400 | 413, reason: string, detail: string): Decoded<never> => ({
  ok: false,
  fault: { status, reason, detail, element: '' },
});

/** Text of a body, or why it has none. A byte order mark is skipped. */
export function decodeUtf8(bytes: Uint8Array): Decoded<string> {
  if (bytes.length > limits.bytes) {
    return whole(413, reasons.size, `a body may have ${limits.bytes} bytes at most, this one has ${bytes.length}`);
  }
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return whole(400, reasons.syntax, 'the body is not UTF-8');
  }
}

/** Runs a decoder that refuses by throwing. */
export function caught<T>(decoder: () => T): Decoded<T> {
  try {
    return { ok: true, value: decoder() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** Line and column, both from 1, of an offset in a text. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = text.indexOf('\n', start);
    if (end < 0 || end >= offset) return { line, column: Math.max(offset, start) - start + 1 };
    start = end + 1;
    line++;
  }
}
