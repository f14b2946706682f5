/** Bookkeeping that the network does not wait for: a disk may be full, or have been made read-only. */
import type { Log } from './parts.ts';

/** @returns says why something could not be written */
export function unwritten(log: Log, what: string): (error: unknown) => void {
  return (error) => log('error', 'not written', { what, reason: String(error) });
}
