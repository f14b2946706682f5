/** `patchbay revisions HOST [N]` and `patchbay revert HOST N`. */
import type { Command } from 'commander';
import { asked, type ChangeOptions, takesChange, tellChange, transaction, untilBoot } from '../change.ts';
import { findHost } from '../find.ts';
import { wholeNumber } from '../numbers.ts';
import { harmless, print, printJson, table, timeText } from '../output.ts';
import { differencesText } from '../preview-text.ts';
import { signedIn } from '../session.ts';

interface RevisionsOptions {
  since?: number;
  max?: number;
  json?: boolean;
}

export function revisions(program: Command): void {
  program
    .command('revisions')
    .argument('<host>')
    .argument('[number]', 'one of them, with what it changed', wholeNumber)
    .description('list every change that a host has kept, newest first')
    .option('--since <number>', 'show how that revision differs from one of before', wholeNumber)
    .option('--max <count>', 'at most so many', wholeNumber)
    .option('--json', 'print what the API answers')
    .action(async (name: string, number: number | undefined, { since, max, json }: RevisionsOptions) => {
      await signedIn(async (api) => {
        const found = await findHost(api, name);
        const { revisions: kept } = api.hosts.id(found.id);
        if (number === undefined) {
          const all = await kept.list({ max, follow: 'user' });
          if (json) return printJson(all);
          const rows = all.map((one) => [one.id, timeText(one.time), one.user?.name, one.description]);
          return print(...table(['REVISION', 'TIME', 'BY', 'WHAT'], rows));
        }
        const one = await kept.id(number).get(since === undefined ? {} : { since: String(since) });
        if (json) return printJson(one);
        print(
          ...[`Revision ${one.id} of ${found.name}, ${timeText(one.time)}: ${one.description}`].map(harmless),
          ...['', `Differences to ${since === undefined ? 'what was before' : `revision ${since}`}`],
          ...differencesText(one.differences ?? []).map((line) => `  ${harmless(line)}`),
          ...['', 'Steps', ...(one.steps ?? []).map(({ description }) => `  ${harmless(description ?? '')}`)],
        );
      });
    });

  const reverting = program
    .command('revert')
    .argument('<host>')
    .argument('<number>', 'of the revision', wholeNumber)
    .description('go back to what was wished at a revision, as a change like any other');
  takesChange(reverting).action(async (name: string, number: number, options: ChangeOptions) => {
    process.exitCode = await signedIn(async (api) => {
      const found = await findHost(api, name);
      const revision = api.hosts.id(found.id).revisions.id(number);
      const answer = await revision.revert(transaction(options), asked(options));
      const done = `${found.name} is what revision ${number} was.${untilBoot(found.name, options)}`;
      return tellChange(found.name, options, answer, done);
    });
  });
}
