/** A guard that waits for its transaction, so that a change need not wait for the start of a program. */
import type { Socket } from 'node:net';
import { openDoor } from './door.ts';
import { listen, type ToGuard } from './lines.ts';

export interface Call {
  /** Lifeline of the agent that called. */
  lifeline: Socket;
  message: Extract<ToGuard, { do: 'arm' }>;
}

/** Milliseconds for an agent to come to the guard that it has had started. */
const PATIENCE = 10_000;

/** @returns the call to a transaction; null when its agent is gone, or never came */
export async function standBy(folder: string): Promise<Call | null> {
  let answer: (call: Call | null) => void = () => {};
  const called = new Promise<Call | null>((resolve) => {
    answer = resolve;
  });
  const late = setTimeout(() => answer(null), PATIENCE);
  const server = await openDoor(folder, (lifeline) => {
    clearTimeout(late);
    // An end is noticed by whoever listens.
    lifeline.on('error', () => {});
    const stop = listen<ToGuard>(
      lifeline,
      (message) => {
        if (message.do !== 'arm') return;
        // Nothing more is said before there is an answer.
        stop();
        answer({ lifeline, message });
      },
      () => answer(null),
    );
  });
  const call = await called;
  clearTimeout(late);
  server.close();
  return call;
}
