/** What all commands that change a host have in common: their options, and the three ways in which they end. */
import { type ApiObject, about } from '@patchbay/client';
import type { Command } from 'commander';
import { exitCodes } from './exit.ts';
import { wholeNumber } from './numbers.ts';
import { print, printJson } from './output.ts';
import { previewText } from './preview-text.ts';

export interface ChangeOptions {
  preview?: boolean;
  /** False with `--no-wait`. */
  wait: boolean;
  json?: boolean;
  commit?: boolean;
  /** False with `--no-check`. */
  check: boolean;
  timeout?: number;
  /** Neither when the engine decides. */
  rehearse?: boolean;
}

export function takesChange(command: Command): Command {
  return command
    .option('--preview', 'show what would be done, and do nothing')
    .option('--commit', 'keep the change for the next boot, too')
    .option('--no-check', 'do not take the change back when the host cannot be reached')
    .option('--timeout <seconds>', 'time until a change without contact is taken back', wholeNumber)
    .option('--rehearse', 'have the host try the change in a scratch network namespace first')
    .option('--no-rehearse', 'do not have it tried')
    .option('--no-wait', 'end at once, with the job that tells how it goes')
    .option('--json', 'print what the API answers');
}

/** How the answer is asked for. */
export const asked = ({ preview, wait, rehearse }: ChangeOptions) => ({
  ...(rehearse === undefined ? {} : { rehearse }),
  ...(preview === true ? { preview } : {}),
  ...(wait || preview === true ? {} : { async: true }),
});

/** Options of the change: in the body of an action, beside everything else of the others. */
export const transaction = ({ commit, check, timeout }: ChangeOptions) => ({
  ...(commit === true ? { commit_on_success: true } : {}),
  ...(check ? {} : { check_connectivity: false }),
  ...(timeout === undefined ? {} : { connectivity_timeout: timeout }),
});

/** @param done what is said when it is carried out @returns the exit code */
export function tellChange(host: string, options: ChangeOptions, answer: object, done: string): number {
  const preview = options.preview === true ? (answer as ApiObject<'host_change_preview'>) : null;
  if (options.json === true) printJson(answer);
  else if (preview !== null) print(...previewText(host, preview));
  else if (!options.wait)
    print(`Begun as job ${about(answer)?.jobId}: \`patchbay jobs ${about(answer)?.jobId} --follow\`.`);
  else print(done);
  if (preview === null) return exitCodes.done;
  if (preview.accepted !== true) return exitCodes.refused;
  return preview.fault === undefined ? exitCodes.done : exitCodes.hostFailed;
}

/** The line that reminds of what a reboot would undo. */
export const untilBoot = (host: string, { commit }: Pick<ChangeOptions, 'commit'>): string =>
  commit === true ? '' : ` A reboot undoes it until \`patchbay commit ${host}\`.`;
