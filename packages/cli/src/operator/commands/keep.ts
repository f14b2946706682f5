/** `patchbay sync`, `patchbay commit` and `patchbay refresh`: a host as it is wished, as it is, and as it will boot. */
import type { Command } from 'commander';
import { asked, type ChangeOptions, takesChange, tellChange, transaction, untilBoot } from '../change.ts';
import { UsageError } from '../exit.ts';
import { findAttachment, findHost } from '../find.ts';
import { print, printJson } from '../output.ts';
import { signedIn } from '../session.ts';

export function keep(program: Command): void {
  const syncing = program
    .command('sync')
    .argument('<host>')
    .argument('[networks...]', 'only these; without any, all that differ, which are kept for the next boot, too')
    .description('make a host look as it is wished again');
  takesChange(syncing).action(async (name: string, networks: string[], options: ChangeOptions) => {
    const all = networks.length === 0;
    if (all && (!options.check || options.timeout !== undefined)) {
      throw new UsageError('--no-check and --timeout need networks to be named: syncing all of them always checks.');
    }
    process.exitCode = await signedIn(async (api) => {
      const found = await findHost(api, name);
      const host = api.hosts.id(found.id);
      if (all) {
        const answer = await host.syncAllNetworks({}, asked(options));
        return tellChange(found.name, options, answer, `All networks of ${found.name} are in sync.`);
      }
      const attachments = await Promise.all(networks.map((network) => findAttachment(api, found, network)));
      const body = { synchronized_network_attachments: attachments.map(({ id }) => ({ id })), ...transaction(options) };
      const answer = await host.setupNetworks(body, asked(options));
      const done = `${networks.join(', ')} of ${found.name}: in sync.${untilBoot(found.name, options)}`;
      return tellChange(found.name, options, answer, done);
    });
  });

  program
    .command('commit')
    .argument('<host>')
    .description('keep the networks of a host as they are now for the next boot')
    .option('--json', 'print what the API answers')
    .action(async (name: string, { json }: { json?: boolean }) => {
      await signedIn(async (api) => {
        const { id, name: host } = await findHost(api, name);
        const answer = await api.hosts.id(id).commitNetConfig();
        json ? printJson(answer) : print(`${host} boots with the networks that it has now.`);
      });
    });

  program
    .command('refresh')
    .argument('<host>')
    .description('have a host looked at anew')
    .option('--json', 'print what the API answers')
    .action(async (name: string, { json }: { json?: boolean }) => {
      await signedIn(async (api) => {
        const { id, name: host } = await findHost(api, name);
        const answer = await api.hosts.id(id).refresh();
        json ? printJson(answer) : print(`${host} was looked at anew.`);
      });
    });
}
