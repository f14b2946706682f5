/** `patchbay bond HOST NAME NIC…`: makes a bond, changes it, or takes it apart. */
import type { ApiObject } from '@patchbay/client';
import type { Command } from 'commander';
import { asked, type ChangeOptions, takesChange, tellChange, transaction, untilBoot } from '../change.ts';
import { UsageError } from '../exit.ts';
import { findHost } from '../find.ts';
import { pair } from '../numbers.ts';
import { signedIn } from '../session.ts';

interface BondOptions extends ChangeOptions {
  mode?: string;
  option: { name: string; value: string }[];
  remove?: boolean;
}

export function bond(program: Command): void {
  const command = program
    .command('bond')
    .argument('<host>')
    .argument('<name>', 'of the bond')
    .argument('[nics...]', 'its slaves; without any, an existing bond keeps those it has')
    .description('make a bond, or change it; with --remove, take it apart')
    .option('--mode <mode>', 'by number or name: 1, active-backup')
    .option('--option <name=value>', 'an option of the bond, may be given again; they replace those it has', pair, [])
    .option('--remove', 'take the bond apart; what is on it must be off or moved before');
  takesChange(command).action(async (name: string, bondName: string, nics: string[], options: BondOptions) => {
    const body = { ...changeOf(bondName, nics, options), ...transaction(options) };
    process.exitCode = await signedIn(async (api) => {
      const host = await findHost(api, name);
      const answer = await api.hosts.id(host.id).setupNetworks(body, asked(options));
      const is = options.remove ? 'is taken apart' : nics.length > 0 ? `joins ${nics.join(', ')}` : 'is changed';
      return tellChange(
        host.name,
        options,
        answer,
        `${bondName} of ${host.name} ${is}.${untilBoot(host.name, options)}`,
      );
    });
  });
}

function changeOf(name: string, nics: string[], { mode, option, remove }: BondOptions): ApiObject<'action'> {
  const options = [...(mode === undefined ? [] : [{ name: 'mode', value: mode }]), ...option];
  if (remove === true) {
    if (nics.length + options.length > 0) throw new UsageError('A bond that is removed has neither nics nor options.');
    return { removed_bonds: [{ name }] };
  }
  if (nics.length + options.length === 0)
    throw new UsageError(`Say what ${name} shall be: nics, --mode, --option or --remove.`);
  const bonding = {
    ...(options.length > 0 ? { options } : {}),
    ...(nics.length > 0 ? { slaves: nics.map((nic) => ({ name: nic })) } : {}),
  };
  return { modified_bonds: [{ name, bonding }] };
}
