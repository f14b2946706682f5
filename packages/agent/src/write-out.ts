/** Standard output may be a file on a disk that is full: who has something to say there must not end of that. */
import { writeSync } from 'node:fs';

/** Writes to standard output, and drops what that does not take. Never throws. */
export function writeOut(text: string): void {
  try {
    writeSync(1, text);
  } catch {
    // There is nowhere else to say it.
  }
}
