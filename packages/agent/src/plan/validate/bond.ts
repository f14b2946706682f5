import type { BondConfig } from '@patchbay/protocol';
import { wholeBondOptions } from '../../observe/bond-options.ts';
import { isMade } from '../../observe/ownership.ts';
import { type Case, type Finding, first, problem } from './finding.ts';
import { largestMtu, mtuProblem } from './mtu.ts';

/** As oVirt's engine and hosts have always named them; so no bond is taken for a nic. */
const NAME = /^bond\w+$/;

export function bondProblem({ links, offers, config }: Case, name: string, bond: BondConfig): Finding {
  const existing = links.get(name);
  if (offers.bond === null) return problem('ERR_UNSUPPORTED', `Bond ${name}: the kernel of this host has no bonds.`);
  // One that another hand has made keeps the name that it has.
  if (existing?.kind !== 'bond' && (!NAME.test(name) || name.length > 15)) {
    return problem(
      'ERR_BAD_BONDING',
      `${name} is no name for a bond: it has to begin with "bond", go on with letters, digits or "_", and have at most 15 characters.`,
    );
  }
  if (existing !== undefined && existing.kind !== 'bond') {
    return problem('ERR_BAD_BONDING', `${name} cannot be a bond: a ${existing.kind} of that name exists.`);
  }
  const options = wholeBondOptions(offers.bond, bond.options);
  if (typeof options['error'] === 'string') return problem('ERR_BAD_BONDING', `Bond ${name}: ${options['error']}.`);
  const { primary, fail_over_mac: macs } = options as Record<string, string>;
  if (primary !== undefined && primary !== '' && !bond.slaves.includes(primary)) {
    return problem('ERR_BAD_BONDING', `Bond ${name}: primary ${primary} is not a member.`);
  }
  if (bond.mac !== undefined && macs === 'active') {
    return problem(
      'ERR_BAD_BONDING',
      `Bond ${name}: with fail_over_mac=active it has the MAC of a slave, not its own.`,
    );
  }
  const mtu = largestMtu(config, name);
  return first(bond.slaves, (slave) => {
    const nic = links.get(slave);
    if (nic === undefined) return problem('ERR_BAD_NIC', `Bond ${name}: there is no nic ${slave}.`);
    if (nic.kind !== 'nic') return problem('ERR_BAD_NIC', `Bond ${name}: ${slave} is a ${nic.kind}, not a nic.`);
    const vlan = [...links.values()].find((one) => one.kind === 'vlan' && one.base === slave && !isMade(one));
    if (vlan !== undefined) {
      return problem(
        'ERR_USED_NIC',
        `Bond ${name}: ${slave} carries ${vlan.name}, which is not managed here; remove that first.`,
      );
    }
    return mtuProblem(nic, mtu);
  });
}
