/** Runs the command line to its end: what went wrong is said in sentences, and the exit code tells its kind. */

import type { Command } from 'commander';
import { CommanderError } from 'commander';
import { endingOf, exitCodes } from './exit.ts';
import { harmless } from './output.ts';

export async function run(program: Command): Promise<void> {
  // Who reads us may have seen enough: `patchbay events --follow | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(process.exitCode ?? exitCodes.done);
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has been said already, or help was asked for.
      process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
      return;
    }
    const { code, lines } = endingOf(error) ?? { code: exitCodes.defect, lines: [defect(error)] };
    for (const line of lines) process.stderr.write(`${harmless(line)}\n`);
    process.exitCode = code;
  }
}

function defect(error: unknown): string {
  if (process.env['PATCHBAY_DEBUG']) console.error(error);
  const message = error instanceof Error ? error.message : String(error);
  return `This is a defect of patchbay: ${message} (PATCHBAY_DEBUG=1 shows where.)`;
}
