/** The agent's side: has a guard started for each transaction, from a copy in the transaction's folder, and holds the line to it. */
import { closeSync, openSync, watch } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { holderOf } from '../persist/claim.ts';
import type { Disk } from '../persist/disk.ts';
import { guardFolder, type Journal } from '../persist/journal.ts';
import { isAlive, kill, type ProcessId } from '../persist/process-id.ts';
import type { ArmedGuard, Guards } from '../transaction/parts.ts';
import { REVERT_BUDGET } from './budgets.ts';
import type { GuardLauncher, Launched } from './launch.ts';
import { type FromGuard, listen, PROGRAM, SOCKET, say } from './lines.ts';

/** Milliseconds for a guard to start and to acknowledge. */
const ARM_TIMEOUT = 20_000;
/** Milliseconds between two looks at a process that is no child of ours. */
const LOOK_AGAIN = 50;

export class GuardPost implements Guards {
  readonly #disk: Disk;
  readonly #program: string;
  readonly #launcher: GuardLauncher;

  /** @param program path of the guard's program; of the same version as this agent */
  constructor(disk: Disk, program: string, launcher: GuardLauncher) {
    this.#disk = disk;
    this.#program = program;
    this.#launcher = launcher;
  }

  async arm(journal: Journal, until: number, latest: number): Promise<ArmedGuard> {
    // Renamed, for one that runs already may be reading it.
    await copyFile(this.#program, `${journal.folder}/.${PROGRAM}`);
    await rename(`${journal.folder}/.${PROGRAM}`, `${journal.folder}/${PROGRAM}`);
    const launched = await this.#launcher.launch(journal.id, journal.folder, latest);
    const inTime = AbortSignal.any([launched.failed, AbortSignal.timeout(ARM_TIMEOUT)]);
    const line = await connectOnceThere(journal.folder, inTime);
    if (line !== null && (await this.#acknowledges(line, until, inTime))) return armed(line, launched);
    line?.stream.destroy();
    launched.over();
    throw new Error('The guard did not acknowledge.');
  }

  async adopt(journal: Journal, until: number): Promise<ArmedGuard | null> {
    const guard = await holderOf(this.#disk, guardFolder(journal.folder));
    if (guard === null || !isAlive(guard)) return null;
    const line = await connect(journal.folder);
    if (line === null) return null;
    if (await this.#acknowledges(line, until, AbortSignal.timeout(ARM_TIMEOUT))) return armed(line, null);
    line.stream.destroy();
    return null;
  }

  async gone(process: ProcessId): Promise<void> {
    for (let waited = 0; isAlive(process); waited += LOOK_AGAIN) {
      if (waited >= REVERT_BUDGET) kill(process);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
  }

  async #acknowledges(line: Line, until: number, inTime: AbortSignal): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => {
      if (inTime.aborted) resolve(false);
      inTime.addEventListener('abort', () => resolve(false), { once: true });
    });
    const answer = line.answer();
    say(line.stream, { do: 'arm', until });
    return Promise.race([answer, late]);
  }
}

/** One guard and the line to it. */
interface Line {
  stream: Socket;
  /** Aborted when the guard is gone. */
  lost: AbortSignal;
  /** Next answer; false when the guard is gone before it gives one. */
  answer(): Promise<boolean>;
}

function armed(line: Line, launched: Launched | null): ArmedGuard {
  return {
    lost: line.lost,
    watch: (until) => say(line.stream, { do: 'watch', until }),
    disarm() {
      launched?.over();
      say(line.stream, { do: 'disarm' });
      line.stream.end();
    },
  };
}

function lineTo(stream: Socket): Line {
  const lost = new AbortController();
  let answer: (armed: boolean) => void = () => {};
  listen<FromGuard>(
    stream,
    ({ armed }) => answer(armed),
    () => {
      lost.abort();
      answer(false);
    },
  );
  return {
    stream,
    lost: lost.signal,
    answer: () =>
      new Promise((resolve) => {
        answer = resolve;
        if (lost.signal.aborted) resolve(false);
      }),
  };
}

/** @returns null when nobody listens there */
async function connect(folder: string): Promise<Line | null> {
  // By way of the folder's descriptor: the name of a socket has at most 107 bytes, unix(7).
  const descriptor = openSync(folder, 'r');
  try {
    const socket = createConnection(`/proc/self/fd/${descriptor}/${SOCKET}`);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    return connected ? lineTo(socket) : null;
  } finally {
    closeSync(descriptor);
  }
}

/** @returns null when the signal came first */
async function connectOnceThere(folder: string, signal: AbortSignal): Promise<Line | null> {
  const watcher = watch(folder);
  try {
    for (;;) {
      // The look comes after the watch has begun, so that nothing is missed between them.
      const change = new Promise<void>((resolve) => {
        watcher.once('change', () => resolve());
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      const line = await connect(folder);
      if (line !== null || signal.aborted) return line;
      await change;
    }
  } finally {
    watcher.close();
  }
}
