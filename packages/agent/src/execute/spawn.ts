/** The one place that starts other programs: argument arrays, never a shell, a fixed environment, a time limit, an output cap. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

/** Bytes of output, of either kind, after which a child is ended. */
const OUTPUT_CAP = 256 * 1024 * 1024;

const ENVIRONMENT = { LC_ALL: 'C', NO_COLOR: '1', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

export interface Finished {
  /** Exit status; null when the child was ended by a signal or never started. */
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A program that reads lines and answers with lines, until it is told to end or ends by itself. */
export class Child {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #stdout: Buffer[] = [];
  #stderr = '';
  #size = 0;
  #lines = 0;
  #wake: () => void = () => {};
  /** Resolves when the program has ended and everything that it said has arrived; never rejects. */
  readonly ended: Promise<Finished>;

  /**
   * @param environment added to the fixed one
   * @param limit milliseconds from the start until the program and its children are ended
   */
  constructor(file: string, args: readonly string[], environment: Readonly<Record<string, string>>, limit: number) {
    // Its own process group, so that one signal ends it with everything it may have started.
    this.#process = spawn(file, args, { detached: true, env: { ...ENVIRONMENT, ...environment }, cwd: '/' });
    const timer = setTimeout(() => this.kill(`No end after ${limit} ms.`), limit);
    this.#process.stdout.on('data', (chunk: Buffer) => this.#hear(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => {
      this.#size += chunk.length;
      if (this.#size < OUTPUT_CAP) this.#stderr += chunk.toString();
    });
    // Writing to a program that has ended; its end says why.
    this.#process.stdin.on('error', () => {});
    this.ended = new Promise((resolve) => {
      const finish = (status: number | null) => {
        clearTimeout(timer);
        resolve({ status, stdout: Buffer.concat(this.#stdout).toString(), stderr: this.#stderr });
        this.#wake();
      };
      this.#process.once('close', finish);
      this.#process.once('error', (error) => {
        this.#stderr += error.message;
        finish(null);
      });
    });
  }

  /** Lines of output so far. */
  get lines(): number {
    return this.#lines;
  }

  write(text: string): void {
    this.#process.stdin.write(text);
  }

  /** No more input. */
  end(text = ''): void {
    this.#process.stdin.end(text);
  }

  /** Resolves when that many lines have been heard in all, or the program has ended. */
  async heard(lines: number): Promise<void> {
    if (this.#lines >= lines) return;
    const more = new Promise<void>((resolve) => {
      this.#wake = () => {
        if (this.#lines >= lines) resolve();
      };
    });
    await Promise.race([more, this.ended]);
  }

  kill(reason: string): void {
    this.#stderr += `${reason}\n`;
    const { pid } = this.#process;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }

  #hear(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > OUTPUT_CAP) {
      this.kill('Too much output.');
      return;
    }
    this.#stdout.push(chunk);
    for (const byte of chunk) if (byte === 10) this.#lines++;
    this.#wake();
  }
}

/** Starts a program, hands it its input and waits for its end. Never rejects. */
export function run(
  file: string,
  args: readonly string[],
  {
    input = '',
    limit = 10_000,
    environment = {},
  }: { input?: string; limit?: number; environment?: Record<string, string> } = {},
): Promise<Finished> {
  const child = new Child(file, args, environment, limit);
  child.end(input);
  return child.ended;
}
