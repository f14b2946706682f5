import type { HostConfig } from '@patchbay/protocol';
import { type Finding, problem } from './finding.ts';

/** One nic in one bond, and not in a network at the same time; one untagged network and one of each VLAN per device. */
export function usageProblem({ bonds, networks }: HostConfig): Finding {
  const member = new Map<string, string>();
  for (const [name, { slaves }] of Object.entries(bonds)) {
    for (const slave of slaves) {
      const other = member.get(slave);
      if (other !== undefined) return problem('ERR_USED_NIC', `${slave} cannot be in ${other} and in ${name}.`);
      member.set(slave, name);
    }
  }
  const taken = new Map<string, string>();
  let defaultRoute: string | null = null;
  for (const [name, { base, vlan, defaultRoute: wants }] of Object.entries(networks)) {
    if (wants && defaultRoute !== null) {
      return problem('ERR_BAD_PARAMS', `Networks ${defaultRoute} and ${name} cannot both have the default route.`);
    }
    if (wants) defaultRoute = name;
    if (base === null) continue;
    const bond = member.get(base);
    if (bond !== undefined) {
      return problem('ERR_USED_NIC', `Network ${name} cannot use ${base}: it is a member of ${bond}.`);
    }
    const place = `${base} ${vlan === null ? 'untagged' : `with VLAN ${vlan}`}`;
    const other = taken.get(place);
    if (other !== undefined) {
      return problem('ERR_BAD_PARAMS', `Networks ${other} and ${name} cannot both use ${place}.`);
    }
    taken.set(place, name);
  }
  return null;
}
