/** The one place that starts programs for the kernel: argument arrays, never a shell, a fixed environment, a time limit, an output cap. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Bytes of output that nobody has taken yet, after which a child is ended. */
const OUTPUT_CAP = 256 * 1024 * 1024;
/** Characters of its last complaints that are kept. */
const ERROR_CAP = 64 * 1024;
/** Milliseconds for a program that was ended to be gone. One that waits inside the kernel is not: nobody is to wait with it. */
const LAST_BREATH = 2_000;

/** Where programs are looked for. */
export const PROGRAM_PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
const ENVIRONMENT = { LC_ALL: 'C', NO_COLOR: '1', PATH: PROGRAM_PATH };

export interface Finished {
  /** Exit status; null when the child was ended by a signal or never started. */
  status: number | null;
  stderr: string;
  /** It could not be started, or somebody else ended it, as the kernel does when memory runs out: it has refused nothing. */
  cut: boolean;
}

/** A program that reads lines and answers with lines, until it is told to end or ends by itself. */
export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  #stdout: Buffer[] = [];
  #stderr = '';
  #size = 0;
  #lines = 0;
  #over = false;
  #killed = false;
  #wake: () => void = () => {};
  #finish: (status: number | null) => void = () => {};
  #lastBreath: NodeJS.Timeout | undefined;
  /** Resolves when the program has ended and everything that it said has arrived, or soon after a {@link kill}; never rejects. */
  readonly ended: Promise<Finished>;

  /** @param words the program and its arguments */
  static of([file = '', ...args]: readonly string[], environment: Readonly<Record<string, string>>): Child {
    return new Child(file, args, environment);
  }

  /**
   * @param environment added to the fixed one
   * @throws when no process can be started now
   */
  constructor(file: string, args: readonly string[], environment: Readonly<Record<string, string>>) {
    // Its own process group, so that one signal ends it with everything it may have started.
    this.#process = spawn(file, args, { detached: true, env: { ...ENVIRONMENT, ...environment }, cwd: '/' });
    this.ended = new Promise((resolve) => {
      this.#finish = (status) => {
        this.#over = true;
        clearTimeout(this.#lastBreath);
        resolve({ status, stderr: this.#stderr, cut: status === null && !this.#killed });
        this.#wake();
      };
      this.#process.once('close', this.#finish);
      this.#process.once('error', (error) => {
        this.#stderr += error.message;
        this.#finish(null);
      });
    });
    // Without a file descriptor to spare, there is a process object without any streams.
    if (this.#process.stdout === undefined) throw new Error(`${file} could not be started.`);
    this.#process.stdout.on('data', (chunk: Buffer) => this.#hear(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-ERROR_CAP);
    });
    // Writing to a program that has ended; its end says why.
    this.#process.stdin.on('error', () => {});
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it can be written to. */
  get isRunning(): boolean {
    return !this.#over;
  }

  write(text: string): void {
    this.#process.stdin.write(text);
  }

  /** No more input. */
  end(): void {
    this.#process.stdin.end();
  }

  /**
   * Waits for so many lines since the last {@link take}.
   * @param limit milliseconds until the program is ended
   * @returns false when it ended before it had said them
   */
  async hears(lines: number, limit: number): Promise<boolean> {
    const timer = setTimeout(() => this.kill(`No answer after ${limit} ms.`), limit);
    const enough = new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.#lines >= lines) resolve();
      };
      this.#wake();
    });
    await Promise.race([enough, this.ended]);
    clearTimeout(timer);
    return this.#lines >= lines;
  }

  /** Waits until it says more, has ended, or so many milliseconds are over; it runs on. */
  async stirs(limit: number): Promise<void> {
    const said = this.#lines;
    let timer: NodeJS.Timeout | undefined;
    const more = new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.#lines > said) resolve();
      };
      timer = setTimeout(resolve, limit);
    });
    await Promise.race([more, this.ended]);
    clearTimeout(timer);
  }

  /**
   * Waits for a last line, since the last {@link take}, that begins like this.
   * @param limit milliseconds until the program is ended
   * @returns false when it ended before it had said that
   */
  async hearsLast(beginning: string, limit: number): Promise<boolean> {
    const isLast = () => {
      const text = this.#said();
      return text.endsWith('\n') && text.startsWith(beginning, text.lastIndexOf('\n', text.length - 2) + 1);
    };
    const end = performance.now() + limit;
    for (let lines = 1; !isLast(); lines = this.#lines + 1) {
      if (!(await this.hears(lines, Math.max(0, end - performance.now())))) return isLast();
    }
    return true;
  }

  /** What it has said since the last time. */
  take(): string {
    const text = this.#said();
    this.#stdout = [];
    this.#size = 0;
    this.#lines = 0;
    return text;
  }

  /** Whether this process stays alive for the program's sake. */
  hold(held: boolean): void {
    const { stdin, stdout, stderr } = this.#process;
    for (const part of [this.#process, ...([stdin, stdout, stderr] as unknown as Socket[])]) {
      if (held) part.ref();
      else part.unref();
    }
  }

  kill(reason: string): void {
    this.#stderr += `${reason}\n`;
    this.#killed = true;
    const { pid } = this.#process;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
    if (this.#over) return;
    clearTimeout(this.#lastBreath);
    this.#lastBreath = setTimeout(() => {
      this.hold(false);
      this.#finish(null);
    }, LAST_BREATH);
  }

  #said(): string {
    if (this.#stdout.length > 1) this.#stdout = [Buffer.concat(this.#stdout)];
    return this.#stdout[0]?.toString() ?? '';
  }

  #hear(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > OUTPUT_CAP) {
      this.kill('Too much output.');
      return;
    }
    this.#stdout.push(chunk);
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.#lines++;
    this.#wake();
  }
}

/** A program that tells of something, line by line, until it is ended. */
export interface Listening {
  /** Undefined when it could not be started. */
  pid: number | undefined;
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void;
}

/**
 * Starts a program that only talks. It does not keep this process alive.
 * @param hear called with whole lines, as they come
 * @param complain called when it has something to say on standard error
 * @param ended called once
 */
export function listen(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { hear, complain, ended }: { hear(lines: string[]): void; complain(text: string): void; ended(): void },
): Listening {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ENVIRONMENT, ...environment },
    cwd: '/',
  });
  let rest = '';
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) hear(lines);
  });
  child.stderr.setEncoding('latin1').on('data', complain);
  let over = false;
  const end = (): void => {
    if (!over) ended();
    over = true;
  };
  child.once('error', end);
  child.once('close', end);
  for (const part of [child, ...([child.stdout, child.stderr] as unknown as Socket[])]) part.unref();
  return { pid: child.pid, signal: (signal) => void child.kill(signal) };
}

/** Starts a program and waits for its end, at most so many milliseconds. Never rejects. */
export async function run(
  file: string,
  args: readonly string[],
  limit: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = new Child(file, args, environment);
  child.end();
  await child.hears(Number.POSITIVE_INFINITY, limit);
  return child.ended;
}

/** What a program says until its end; nothing when it fails or takes longer than so many milliseconds. Never rejects. */
export async function outputOf(
  file: string,
  args: readonly string[],
  limit: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const child = new Child(file, args, environment);
  child.end();
  await child.hears(Number.POSITIVE_INFINITY, limit);
  const { status } = await child.ended;
  return status === 0 ? child.take() : '';
}
