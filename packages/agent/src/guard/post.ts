/** The agent's side: has a guard stand by for the next transaction, from a copy in a folder of its own, and holds the line to it. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, symlinkSync, watch } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { relative } from 'node:path';
import { holderOf } from '../persist/claim.ts';
import { type Disk, makeFolder } from '../persist/disk.ts';
import { guardFolder, type Journal } from '../persist/journal.ts';
import { isAlive, kill, type ProcessId } from '../persist/process-id.ts';
import type { ArmedGuard, Guards } from '../transaction/parts.ts';
import type { GuardLauncher, Launched } from './launch.ts';
import { type FromGuard, listen, PROGRAM, SOCKET, say, TRANSACTION } from './lines.ts';

/** Milliseconds for a guard to start and to acknowledge. */
const ARM_TIMEOUT = 20_000;
/** Milliseconds between two looks at a process that is no child of ours. */
const LOOK_AGAIN = 50;

export class GuardPost implements Guards {
  readonly #disk: Disk;
  readonly #program: string;
  readonly #launcher: GuardLauncher;
  readonly #folders: string;
  #next: Promise<StandBy> | null = null;

  /**
   * @param stateDirectory below which guards have their folders
   * @param program path of the guard's program; of the same version as this agent
   */
  constructor(disk: Disk, stateDirectory: string, program: string, launcher: GuardLauncher) {
    this.#disk = disk;
    this.#program = program;
    this.#launcher = launcher;
    this.#folders = `${stateDirectory}/guards`;
  }

  /**
   * Has a guard started for the next transaction, so that it need not wait for one; without it, one is started when it is needed.
   * Whatever else is to be done now comes first.
   */
  standBy(): void {
    if (this.#next !== null) return;
    this.#next = new Promise((resolve) => setImmediate(resolve)).then(() => this.#start());
    // Said when one is needed, and cannot be had then either.
    this.#next.catch(() => {});
  }

  async arm(journal: Journal, until: number, latest: number): Promise<ArmedGuard> {
    const next = await this.#next?.catch(() => null);
    this.#next = null;
    // One that stands by may die at any time: until it has acknowledged, another does as well.
    const armed = (next && (await this.#arm(next, journal, until, latest))) ?? null;
    return armed ?? (await this.#arm(await this.#start(), journal, until, latest)) ?? Promise.reject(unacknowledged());
  }

  async adopt(journal: Journal, until: number): Promise<ArmedGuard | null> {
    const guard = await holderOf(this.#disk, guardFolder(journal.folder));
    if (guard === null || !isAlive(guard)) return null;
    const line = await connect(journal.folder);
    if (line === null) return null;
    if (await acknowledges(line, journal.id, until, AbortSignal.timeout(ARM_TIMEOUT))) return this.#armed(line, null);
    line.stream.destroy();
    return null;
  }

  async gone(process: ProcessId, patience: number): Promise<void> {
    for (let waited = 0; isAlive(process); waited += LOOK_AGAIN) {
      if (waited >= patience) kill(process);
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    }
  }

  /**
   * @returns null when it died before it was armed
   * @throws when it lives, and is not heard: it could wake at any time
   */
  async #arm(guard: StandBy, journal: Journal, until: number, latest: number): Promise<ArmedGuard | null> {
    // One that is known to be dead gets no transaction: whoever watches over it may just be starting it again.
    if (!guard.line.lost.aborted) {
      symlinkSync(relative(guard.folder, journal.folder), `${guard.folder}/${TRANSACTION}`);
      const inTime = AbortSignal.any([guard.launched.failed, AbortSignal.timeout(ARM_TIMEOUT)]);
      const [acknowledged] = await Promise.all([
        acknowledges(guard.line, journal.id, until, inTime),
        guard.launched.backUp(latest),
      ]).catch(() => [false]);
      if (acknowledged) return this.#armed(guard.line, guard);
    }
    const died = guard.line.lost.aborted;
    await this.#dismiss(guard);
    if (died) return null;
    throw unacknowledged();
  }

  async #start(): Promise<StandBy> {
    await this.#tidy();
    const name = randomUUID();
    const folder = `${this.#folders}/${name}`;
    await makeFolder(this.#disk, this.#folders);
    await makeFolder(this.#disk, folder);
    await copyFile(this.#program, `${folder}/${PROGRAM}`);
    const launched = await this.#launcher.launch(name, folder);
    const line = await connectOnceThere(folder, AbortSignal.any([launched.failed, AbortSignal.timeout(ARM_TIMEOUT)]));
    if (line !== null) return { folder, line, launched };
    launched.over();
    await this.#disk.remove(folder);
    throw new Error('The guard did not start.');
  }

  /** Folders of guards whose agent has died, and whose transaction has ended. */
  async #tidy(): Promise<void> {
    for (const name of await this.#disk.list(this.#folders)) {
      const folder = `${this.#folders}/${name}`;
      if (existsSync(`${folder}/${TRANSACTION}`)) continue;
      // One that never heard of its agent still waits for it, and ends when whoever comes goes again.
      (await connect(folder))?.stream.destroy();
      await this.#disk.remove(folder);
    }
  }

  async #dismiss({ folder, line, launched }: StandBy): Promise<void> {
    launched.over();
    line.stream.destroy();
    await this.#disk.remove(folder);
  }

  /** @param started null when a former agent had it started, and there is no more to it than the line */
  #armed(line: Line, started: StandBy | null): ArmedGuard {
    return {
      lost: line.lost,
      watch: (until) => say(line.stream, { do: 'watch', until }),
      keep: () => say(line.stream, { do: 'keep' }),
      disarm: () => {
        started?.launched.over();
        say(line.stream, { do: 'disarm' });
        line.stream.end();
        // What stays of it is swept up by the next agent.
        if (started !== null) void this.#disk.remove(started.folder).catch(() => {});
      },
    };
  }
}

const unacknowledged = () => new Error('The guard did not acknowledge.');

/** A guard without a transaction. */
interface StandBy {
  folder: string;
  line: Line;
  launched: Launched;
}

async function acknowledges(line: Line, transaction: string, until: number, inTime: AbortSignal): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => {
    if (inTime.aborted) resolve(false);
    inTime.addEventListener('abort', () => resolve(false), { once: true });
  });
  const answer = line.answer();
  say(line.stream, { do: 'arm', transaction, until });
  return Promise.race([answer, late]);
}

/** One guard and the line to it. */
interface Line {
  stream: Socket;
  /** Aborted when the guard is gone. */
  lost: AbortSignal;
  /** Next answer; false when the guard is gone before it gives one. */
  answer(): Promise<boolean>;
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
