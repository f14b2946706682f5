/** What of a config can stand on this host today. */
import type { BondConfig, HostConfig } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';

/**
 * The config without the nics that are not there: a bond keeps the members that it has, and what stands on nothing is left out,
 * as are the virtual functions of nothing.
 * For the boot of a host with a dead nic, where the rest must come up all the same. Who plans for it names the whole config as well, so that
 * what stands for what is left out stays.
 */
export function presentPart(state: KernelState, config: HostConfig): HostConfig {
  const nics = new Set(state.links.flatMap(({ name, kind }) => (kind === 'nic' ? [name] : [])));
  const bonds = Object.entries(config.bonds).flatMap(([name, bond]) => {
    const slaves = bond.slaves.filter((slave) => nics.has(slave));
    return slaves.length === 0 ? [] : [[name, { ...bond, slaves, options: withPrimary(bond, slaves) }] as const];
  });
  const standing = new Set([...nics, ...bonds.map(([name]) => name)]);
  const networks = Object.entries(config.networks).filter(([, { base }]) => base === null || standing.has(base));
  const counts = Object.entries(config.virtualFunctions ?? {}).filter(([name]) => nics.has(name));
  return {
    bonds: Object.fromEntries(bonds),
    networks: Object.fromEntries(networks),
    ...(counts.length === 0 ? {} : { virtualFunctions: Object.fromEntries(counts) }),
  };
}

function withPrimary({ options }: BondConfig, slaves: readonly string[]): Record<string, string> {
  const { primary, ...others } = options;
  return primary === undefined || slaves.includes(primary) ? options : others;
}
