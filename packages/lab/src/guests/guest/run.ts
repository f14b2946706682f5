import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How a process ended, in a shell's way: 128 + n when signal n ended it, 127 when it could not be started. */
export function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (status, signal) => resolve(status ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

/** Runs a program with `input` as its stdin; throws with its stderr unless it ends with status 0. */
export async function run(argv: readonly string[], input = ''): Promise<void> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  // The program may end before it has read everything; its status tells why.
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const status = await ended(child);
  if (status !== 0) throw new Error(`${argv.join(' ')}: status ${status}: ${complaint.trim()}`);
}

/** Runs `ip` commands of the switch's namespace, given without the word `ip`, in one process. */
export const ip = (lines: readonly string[]): Promise<void> => run(['ip', '-batch', '-'], `${lines.join('\n')}\n`);

/** The same, going on after lines that fail; for taking away what may be gone already. */
export async function ipAnyway(lines: readonly string[]): Promise<void> {
  await run(['ip', '-force', '-batch', '-'], `${lines.join('\n')}\n`).catch(() => {});
}
