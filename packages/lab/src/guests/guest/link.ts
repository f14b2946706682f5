import { createWriteStream } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';

/** The inherited line to the outside on `fd`: a serial line in a guest of its own, a socket otherwise. */
export function openLink(fd: number): { input: Readable; output: Writable } {
  if (!isatty(fd)) {
    const socket = new Socket({ fd, readable: true, writable: true });
    return { input: socket, output: socket };
  }
  // The boot script has made the line raw. Node's own raw mode would turn each 0x0a that we send into two bytes.
  const input = new ReadStream(fd);
  // Opened anew: reading has made the inherited description non-blocking, and file writes do not wait on such a one.
  return { input, output: createWriteStream(`/proc/self/fd/${fd}`, { flags: 'r+' }) };
}
