/** The agent's side: keeps one guard process ready, so that arming costs one message and not the start of a process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createConnection } from 'node:net';
import { Duplex } from 'node:stream';
import type { Journal } from '../persist/journal.ts';
import { isAlive, kill, type ProcessId, processOf } from '../persist/process-id.ts';
import type { ArmedGuard, Guards, Log } from '../transaction/parts.ts';
import { SOCKET } from './guard.ts';
import { type FromGuard, listen, say } from './lines.ts';

/** Milliseconds for a guard to start and to acknowledge. */
const ARM_TIMEOUT = 20_000;
/** Milliseconds for a revert by a guard; one that takes longer is ended, and the agent goes on in its place. */
const REVERT_TIMEOUT = 180_000;
/** Milliseconds between two looks at a process that is no child of ours. */
const LOOK_AGAIN = 50;

/** One guard and the line to it. */
interface Line {
  process: ProcessId;
  stream: Duplex;
  lost: AbortSignal;
  /** Next answer; false when the guard is gone before it gives one. */
  answer(): Promise<boolean>;
}

export class GuardPost implements Guards {
  readonly #command: readonly [string, ...string[]];
  readonly #logFile: string;
  readonly #log: Log;
  #standby: Line | null = null;

  /**
   * @param command program and arguments of a guard, which finds its agent on file descriptor 3
   * @param logFile where guards write: they must not hold a pipe that dies with the agent
   */
  constructor(command: readonly [string, ...string[]], logFile: string, log: Log) {
    this.#command = command;
    this.#logFile = logFile;
    this.#log = log;
  }

  /** Starts a guard that waits, unless one does. */
  ready(): void {
    if (this.#standby === null || this.#standby.lost.aborted) this.#standby = this.#start();
  }

  async arm(journal: Journal, until: number): Promise<ArmedGuard> {
    this.ready();
    const line = this.#standby;
    if (line === null) throw new Error('No guard process could be started.');
    this.#standby = null;
    say(line.stream, { do: 'arm', transaction: journal.id, until });
    if (!(await inTime(line.answer(), ARM_TIMEOUT))) {
      line.stream.destroy();
      throw new Error('The guard did not acknowledge.');
    }
    return this.#armed(line, () => {
      this.#standby = line;
      this.ready();
    });
  }

  async adopt(journal: Journal, until: number): Promise<ArmedGuard | null> {
    const { guard } = journal.record;
    if (guard === null) return null;
    const line = await connect(guard, journal.folder);
    if (line === null) return null;
    say(line.stream, { do: 'adopt', until });
    if (await inTime(line.answer(), ARM_TIMEOUT)) return this.#armed(line, () => line.stream.end());
    line.stream.destroy();
    return null;
  }

  async gone(guard: ProcessId): Promise<void> {
    for (let waited = 0; isAlive(guard); waited += LOOK_AGAIN) {
      if (waited >= REVERT_TIMEOUT) kill(guard);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
  }

  /** Lets the waiting guard go. An armed one stays. */
  close(): void {
    this.#standby?.stream.destroy();
    this.#standby = null;
  }

  #armed(line: Line, after: () => void): ArmedGuard {
    return {
      process: line.process,
      lost: line.lost,
      watch: (until) => say(line.stream, { do: 'watch', until }),
      disarm: () => {
        say(line.stream, { do: 'disarm' });
        after();
      },
    };
  }

  #start(): Line | null {
    const [program, ...args] = this.#command;
    const log = openSync(this.#logFile, 'a', 0o600);
    let child: ChildProcess;
    try {
      child = spawn(program, args, { detached: true, stdio: ['ignore', log, log, 'pipe'], cwd: '/' });
    } finally {
      closeSync(log);
    }
    const lost = new AbortController();
    child.on('error', (error) => {
      this.#log('error', 'guard did not start', { reason: String(error) });
      lost.abort();
    });
    child.on('exit', () => lost.abort());
    child.unref();
    const stream = child.stdio[3];
    const id = child.pid === undefined ? null : processOf(child.pid);
    return id === null || !(stream instanceof Duplex) ? null : lineTo(id, stream, lost);
  }
}

function lineTo(id: ProcessId, stream: Duplex, lost: AbortController): Line {
  const waiting: ((armed: boolean) => void)[] = [];
  listen<FromGuard>(
    stream,
    ({ armed }) => waiting.shift()?.(armed),
    () => lost.abort(),
  );
  lost.signal.addEventListener('abort', () => {
    for (const tell of waiting.splice(0)) tell(false);
  });
  return {
    process: id,
    stream,
    lost: lost.signal,
    answer: () => new Promise((resolve) => (lost.signal.aborted ? resolve(false) : waiting.push(resolve))),
  };
}

async function connect(guard: ProcessId, folder: string): Promise<Line | null> {
  // By way of the folder's descriptor: the name of a socket has at most 107 bytes, unix(7).
  const descriptor = openSync(folder, 'r');
  try {
    const socket = createConnection(`/proc/self/fd/${descriptor}/${SOCKET}`);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    return connected ? lineTo(guard, socket, new AbortController()) : null;
  } finally {
    closeSync(descriptor);
  }
}

async function inTime(answer: Promise<boolean>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
