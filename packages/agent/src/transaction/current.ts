/** The transaction that runs, from the asking to the end, whatever of it is on disk. */
import type { Patience } from '@patchbay/protocol';
import type { Planner, TransactionParts } from './parts.ts';
import type { Run } from './run.ts';
import type { Insist } from './until-written.ts';

export interface Current {
  readonly parts: TransactionParts;
  readonly id: string;
  /** SHA-256 of the request; null for a repair, for which nobody has asked. */
  readonly hash: string | null;
  /** Null before its journal is written. */
  run: Run | null;
  awaiting: boolean;
  /** What the plan asks of whoever waits for the end; null when there is nothing to wait for. */
  readonly planned: Deferred<Patience | null>;
  ended: Promise<void>;
  /** Resolves when its end cannot be written down, and so may be long in coming. */
  readonly held: Promise<void>;
}

/** @param repairs finds the steps of a repair; null for a change that an engine asked for */
export function newCurrent(
  common: TransactionParts,
  id: string,
  hash: string | null,
  repairs: Planner | null = null,
): Current {
  const held = deferred<void>();
  const insist: Insist = (what, work) =>
    common.insist(what, () =>
      work().catch((error: unknown) => {
        held.resolve();
        throw error;
      }),
    );
  const parts = { ...common, planner: repairs ?? common.planner, insist };
  const ended = Promise.resolve();
  return { parts, id, hash, run: null, awaiting: false, planned: deferred(), ended, held: held.promise };
}

export interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
