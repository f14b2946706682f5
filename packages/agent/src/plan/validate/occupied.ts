import type { LinkReport, NetworkConfig } from '@patchbay/protocol';
import { isMade, readAlias } from '../../observe/ownership.ts';
import { type Case, type Finding, first, problem } from './finding.ts';
import { canTakeOver } from './network.ts';

/** Devices in the hands of others are not taken from them; a bridge with foreign ports is not removed. */
export function occupiedProblem(one: Case): Finding {
  return takenProblem(one) ?? portsProblem(one);
}

function takenProblem({ links, config }: Case): Finding {
  const free = (master: LinkReport) =>
    isMade(master) || config.bonds[master.name] !== undefined || config.networks[master.name]?.bridged === true;
  const tag = (base: string | null, vlan: number | null) => `${base} ${vlan}`;
  const vlans = new Map(
    [...links.values()].filter(({ kind }) => kind === 'vlan').map((link) => [tag(link.base, link.vlan), link.name]),
  );
  const carrierOf = ({ base, vlan }: NetworkConfig) => (vlan === null ? base : vlans.get(tag(base, vlan)));
  const users = [
    ...Object.values(config.bonds).flatMap(({ slaves }) => slaves),
    ...Object.values(config.networks).flatMap((network) => carrierOf(network) ?? []),
  ];
  return first(users, (name) => {
    const master = links.get(links.get(name)?.master ?? '');
    if (master === undefined || free(master)) return null;
    const bridged = Object.values(config.networks).some((one) => carrierOf(one) === name && one.bridged);
    const wayOn = bridged && canTakeOver(master) ? `; a network called ${master.name} would take it over` : '';
    return problem('ERR_USED_NIC', `${name} is a port of ${master.name}, which is not managed here${wayOn}.`);
  });
}

function portsProblem({ links, config }: Case): Finding {
  return first(links.values(), (port) => {
    const bridge = links.get(port.master ?? '');
    if (bridge?.kind !== 'bridge' || !isMade(bridge) || config.networks[bridge.name]?.bridged === true) return null;
    if (isMade(port) || readAlias(port.alias) !== null) return null;
    return problem('ERR_BAD_BRIDGE', `Bridge ${bridge.name} cannot be removed: ${port.name} is still plugged into it.`);
  });
}
