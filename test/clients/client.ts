/** A published client, as its users have it: how to get it, and what it did. */
import { spawn } from 'node:child_process';

/** What a client did, and what went wrong. */
export interface Outcome {
  operation: string;
  problem: string | null;
  /** The operation was done a second time, which must change nothing. */
  again?: true;
}

/** The engine that the client shall talk to; user `admin@internal`. */
export interface Target {
  url: string;
  password: string;
  /** Where the hosts can be seen from outside (`outside.ts`). */
  outside: string;
}

/** Milliseconds after which a program is ended that does not end by itself. */
const patience = 600_000;

export interface PublishedClient {
  name: string;
  version: string;
  /** Gets it into the folder. @throws when its runtime or its registry is not there */
  install(folder: string): Promise<void>;
  run(folder: string, target: Target): Promise<Outcome[]>;
}

/**
 * Does one operation in this process. Before a founding operation another hand may do something to the host, and after it
 * the host is looked at from outside.
 */
export async function done(target: Target, operation: string, work: () => Promise<void>): Promise<Outcome> {
  const step = /^S-\d\d/.exec(operation)?.[0];
  const outside = async (path: string) => {
    const answer = await fetch(`${target.outside}${path}`, { method: 'POST' });
    const words = await answer.text();
    if (answer.status !== 200) throw new Error(`Seen from outside: ${words}`);
  };
  try {
    if (step !== undefined) await outside(`/before/${step}`);
    await work();
    if (step !== undefined) await outside(`/after/${step}`);
    return { operation, problem: null };
  } catch (error) {
    return { operation, problem: (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ') };
  }
}

/** @returns what the program printed. @throws with its last words when it fails and that is not expected */
export async function program(
  file: string,
  args: readonly string[],
  {
    environment = {},
    folder,
    mayFail = false,
  }: { environment?: Record<string, string>; folder?: string; mayFail?: boolean } = {},
): Promise<string> {
  const child = spawn(file, args, {
    env: { ...process.env, ...environment },
    ...(folder !== undefined && { cwd: folder }),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not `timeout`: its timer outlives a program that cannot be started.
    signal: AbortSignal.timeout(patience),
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const status = await new Promise<number | string>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? String(signal)));
    child.once('error', (error) => resolve(error.message));
  });
  if (status === 0 || mayFail) return out;
  const words = err.trim().split('\n').slice(-3).join(' ').slice(0, 400);
  throw new Error(`${file} ${args[0] ?? ''}: ${words === '' ? status : words}`);
}

/** Reads lines of `ok<TAB>operation` and `failed<TAB>operation<TAB>why`, in which suites in other languages report. */
export function outcomesOf(text: string): Outcome[] {
  return text.split('\n').flatMap((line): Outcome[] => {
    const [word, operation, problem = 'no reason given'] = line.split('\t');
    return operation === undefined ? [] : [{ operation, problem: word === 'ok' ? null : problem }];
  });
}
