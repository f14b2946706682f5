import type { Multiplexer } from './multiplexer.ts';

/** Methods of one end, each with one JSON parameter. */
export type Methods = { [name: string]: (params: never) => unknown };
type Params<M extends Methods, K extends keyof M> = Parameters<M[K]>[0];
type Result<M extends Methods, K extends keyof M> = Awaited<ReturnType<M[K]>>;

type Message =
  | { call: number; method: string; params: unknown }
  | { answer: number; result: unknown }
  | { answer: number; error: string };

/** A call that the other end refused or that the link's end cut off. */
export class CallFailed extends Error {}

/**
 * Calls in both directions over a multiplexer: `Theirs` can be called here, `ours` by the other end. A method that
 * throws rejects the caller's promise with a {@link CallFailed} of the same text.
 */
export class Calls<Theirs extends Methods> {
  readonly #link: Multiplexer;
  readonly #open = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  #next = 1;
  #closed = false;

  constructor(link: Multiplexer, ours: Methods) {
    this.#link = link;
    link.on('message', (message) => this.#receive(message as Message, ours));
    link.on('close', () => {
      this.#closed = true;
      for (const { reject } of this.#open.values()) reject(new CallFailed('the lab is gone'));
      this.#open.clear();
    });
  }

  call<K extends keyof Theirs & string>(method: K, params: Params<Theirs, K>): Promise<Result<Theirs, K>> {
    if (this.#closed) return Promise.reject(new CallFailed('the lab is gone'));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#open.set(id, { resolve, reject });
      this.#link.send({ call: id, method, params } satisfies Message);
    });
  }

  #receive(message: Message, ours: Methods): void {
    if ('call' in message) {
      void this.#serve(message.call, ours[message.method], message.params);
      return;
    }
    const open = this.#open.get(message.answer);
    this.#open.delete(message.answer);
    if ('error' in message) open?.reject(new CallFailed(message.error));
    else open?.resolve(message.result as never);
  }

  async #serve(id: number, method: Methods[string] | undefined, params: unknown): Promise<void> {
    try {
      if (method === undefined) throw new Error('no such method');
      const result = (await method(params as never)) ?? null;
      this.#link.send({ answer: id, result } satisfies Message);
    } catch (error) {
      this.#link.send({ answer: id, error: error instanceof Error ? error.message : String(error) } satisfies Message);
    }
  }
}
