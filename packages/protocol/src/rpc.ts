/** One JSON-RPC peer over any text channel, the same at both ends. Unknown methods are refused, unknown fields ignored. */
import * as z from 'zod/mini';
import { AgentProblem } from './problem.ts';

type Methods = Record<string, { params: z.ZodMiniType; result: z.ZodMiniType }>;
export type Params<M extends Methods, K extends keyof M> = z.infer<M[K]['params']>;
export type Result<M extends Methods, K extends keyof M> = z.infer<M[K]['result']>;
export type Handlers<M extends Methods> = {
  [K in keyof M]: (params: Params<M, K>) => Promise<Result<M, K>>;
};

const Message = z.union([
  z.object({ jsonrpc: z.literal('2.0'), id: z.int(), method: z.string(), params: z.unknown() }),
  z.object({ jsonrpc: z.literal('2.0'), id: z.int(), result: z.unknown() }),
  z.object({
    jsonrpc: z.literal('2.0'),
    id: z.nullable(z.int()),
    error: z.object({ code: z.int(), message: z.string(), data: z.optional(z.unknown()) }),
  }),
]);

/** The other end said no or something else than was agreed, or the channel closed before it answered. */
export class RpcError extends Error {
  readonly reason: 'refused' | 'invalid' | 'closed' | 'timeout';
  /** What the other end says is wrong, when it said so with a code. */
  readonly problem: AgentProblem | null;
  constructor(reason: RpcError['reason'], message: string, problem: AgentProblem | null = null) {
    super(message);
    this.reason = reason;
    this.problem = problem;
  }

  /** Whether the other end is there and has answered. */
  get answered(): boolean {
    return this.reason === 'refused' || this.reason === 'invalid';
  }
}

/** Thrown by a handler: no, for a reason that has a code. */
export class Refusal extends Error {
  readonly problem: AgentProblem;
  constructor(problem: AgentProblem) {
    super(`${problem.code}: ${problem.message}`);
    this.problem = problem;
  }
}

/**
 * @param mine methods this end serves, with their schemas
 * @param theirs methods the other end serves
 * @param send writes one text frame
 */
export class RpcPeer<Mine extends Methods, Theirs extends Methods> {
  readonly #mine: Mine;
  readonly #handlers: Handlers<Mine>;
  readonly #theirs: Theirs;
  readonly #send: (frame: string) => void;
  readonly #waiting = new Map<number, { resolve: (v: unknown) => void; reject: (e: Error) => void }>();
  #nextId = 1;
  #closed = false;

  constructor(mine: Mine, handlers: Handlers<Mine>, theirs: Theirs, send: (frame: string) => void) {
    this.#mine = mine;
    this.#handlers = handlers;
    this.#theirs = theirs;
    this.#send = send;
  }

  /** Calls the other end. @param timeout milliseconds. @throws RpcError */
  async call<K extends keyof Theirs & string>(
    method: K,
    params: Params<Theirs, K>,
    timeout: number,
  ): Promise<Result<Theirs, K>> {
    if (this.#closed) throw new RpcError('closed', `The connection closed before ${method} was sent.`);
    const schema = this.#theirs[method];
    if (schema === undefined) throw new RpcError('refused', `Unknown method ${method}.`);
    const id = this.#nextId++;
    let timer: NodeJS.Timeout | undefined;
    try {
      const raw = await new Promise<unknown>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        timer = setTimeout(
          () => reject(new RpcError('timeout', `No answer to ${method} within ${timeout} ms.`)),
          timeout,
        );
        this.#send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
      });
      const result = read(schema.result, raw);
      if ('data' in result) return result.data as Result<Theirs, K>;
      throw new RpcError('invalid', `The answer to ${method} is not understood: ${result.wrong}`);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Feeds one received frame. Malformed frames are answered with an error and change nothing. */
  async receive(frame: string): Promise<void> {
    const parsed = parseFrame(frame);
    if (parsed === null) return this.#answer({ id: null, error: { code: -32700, message: 'Not a JSON-RPC message.' } });
    if ('method' in parsed) return this.#serve(parsed.id, parsed.method, parsed.params);
    const waiting = parsed.id === null ? undefined : this.#waiting.get(parsed.id);
    if (waiting === undefined) return;
    if ('error' in parsed) waiting.reject(refused(parsed.error));
    else waiting.resolve(parsed.result);
  }

  /** Fails every call that still waits. */
  close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(new RpcError('closed', 'The connection closed.'));
    this.#waiting.clear();
  }

  async #serve(id: number, method: string, raw: unknown): Promise<void> {
    const schema = Object.hasOwn(this.#mine, method) ? this.#mine[method] : undefined;
    const handler = this.#handlers[method];
    if (schema === undefined || handler === undefined) {
      return this.#refuse(id, -32601, { code: 'ERR_BAD_PARAMS', message: `Unknown method ${method}.` });
    }
    const params = read(schema.params, raw);
    if ('wrong' in params) return this.#refuse(id, -32602, { code: 'ERR_BAD_PARAMS', message: params.wrong });
    try {
      this.#answer({ id, result: await handler(params.data as Params<Mine, string>) });
    } catch (error) {
      const problem = error instanceof Refusal ? error.problem : undefined;
      const message = error instanceof Error ? error.message : String(error);
      this.#answer({ id, error: { code: -32000, message, data: problem } });
    }
  }

  /** Before anything was done. */
  #refuse(id: number, code: number, problem: AgentProblem): void {
    this.#answer({ id, error: { code, message: problem.message, data: { ...problem, outcome: 'unchanged' } } });
  }

  #answer(body: object): void {
    if (!this.#closed) this.#send(JSON.stringify({ jsonrpc: '2.0', ...body }));
  }
}

function refused({ message, data }: { message: string; data?: unknown }): RpcError {
  const problem = read(AgentProblem, data);
  return new RpcError('refused', message, 'data' in problem ? problem.data : null);
}

function parseFrame(frame: string): z.infer<typeof Message> | null {
  try {
    const parsed = read(Message, JSON.parse(frame));
    return 'data' in parsed ? parsed.data : null;
  } catch {
    return null;
  }
}

/**
 * What is wrong takes far more memory than what was sent. The library stops at the first wrong element of a list where it only
 * says yes or no; a parse can be asked to as well, though its types do not know.
 */
const stopAtFirst = { abortEarly: true } as object;

/** @returns what was sent, or the first things that are wrong with it: of a map there may be as many as it has entries */
function read<T extends z.ZodMiniType>(schema: T, raw: unknown): { data: z.infer<T> } | { wrong: string } {
  try {
    const { data, error } = z.safeParse(schema, raw, stopAtFirst);
    if (error === undefined) return { data };
    return { wrong: z.prettifyError({ issues: error.issues.slice(0, 10) } as typeof error) };
  } catch (error) {
    // The schema's library itself comes to its end where hundreds of thousands of things are wrong.
    return { wrong: `It is not as agreed (${error instanceof Error ? error.message : String(error)}).` };
  }
}
