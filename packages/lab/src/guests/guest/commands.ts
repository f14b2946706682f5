import { spawn } from 'node:child_process';
import type { Multiplexer } from '../channel/multiplexer.ts';
import type { ExecParams } from '../contract.ts';
import { ended } from './run.ts';

/** Runs a command with its three streams on lanes. The command is killed when its stdio lane is given up. */
export async function exec(link: Multiplexer, inside: readonly string[], params: ExecParams): Promise<number> {
  const stdio = link.accept(params.stdio);
  const stderr = link.accept(params.stderr);
  const [program = '', ...args] = [...inside, ...params.argv];
  // A process group of its own, so that a shell's children can be killed with it.
  const child = spawn(program, args, { detached: true, env: { ...process.env, ...params.env } });
  child.once('error', (error) => stderr.end(`${error.message}\n`));
  const status = ended(child);
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, 'SIGKILL');
  };
  const timer = params.timeout > 0 ? setTimeout(kill, params.timeout) : undefined;
  stdio.once('close', () => {
    // After its output has ended the command is about to go by itself.
    if (!child.stdout.readableEnded) kill();
  });
  stdio.pipe(child.stdin);
  // A command need not read all its input.
  child.stdin.on('error', () => {});
  child.stdin.once('close', () => stdio.unpipe(child.stdin).resume());
  child.stdout.pipe(stdio);
  child.stderr.pipe(stderr);
  stderr.resume();
  // A caller may give up its end at any time.
  for (const lane of [stdio, stderr]) lane.on('error', () => {});
  const result = await status;
  clearTimeout(timer);
  return result;
}
