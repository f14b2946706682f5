/** Requests that a client sends on one connection without waiting for answers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

interface Before {
  /** Every request so far has been answered. */
  all: Promise<unknown>;
  /** Every one of them that may change something. */
  changes: Promise<unknown>;
}

/**
 * Node.js answers in order but works on all at once; what may change something has to be alone (RFC 9112, 9.3.2), or a
 * read behind it would not see what it did.
 */
export class Turns {
  readonly #before = new WeakMap<Socket, Before>();

  /** Resolves when it is the request's turn. */
  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket, method = '' } = request;
    const { all, changes } = this.#before.get(socket) ?? { all: Promise.resolve(), changes: Promise.resolve() };
    const answered = new Promise((resolve) => response.once('close', resolve));
    const now = { all: all.then(() => answered), changes };
    this.#before.set(socket, safe.has(method) ? now : { ...now, changes: now.all });
    await (safe.has(method) ? changes : all);
  }
}
