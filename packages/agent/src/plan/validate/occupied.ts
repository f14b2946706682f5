import type { LinkReport } from '@patchbay/protocol';
import { isMade, readAlias } from '../../observe/ownership.ts';
import { standsFor } from '../stands-for.ts';
import { type Case, type Finding, first, problem } from './finding.ts';
import { canTakeOver } from './network.ts';

/** Networks by name, each with the device that carries it, where that is there already. */
type Carriers = ReadonlyMap<string, string>;

/** Devices in the hands of others are not taken from them; what foreign devices are plugged into or stand on is not removed. */
export function occupiedProblem(one: Case): Finding {
  const carriers = carriersOf(one);
  return takenProblem(one, carriers) ?? receiverProblem(one, carriers) ?? portsProblem(one) ?? standingProblem(one);
}

function carriersOf({ links, config }: Case): Carriers {
  const tag = (base: string | null, vlan: number | null) => `${base} ${vlan}`;
  const vlans = new Map(
    [...links.values()].filter(({ kind }) => kind === 'vlan').map((link) => [tag(link.base, link.vlan), link.name]),
  );
  return new Map(
    Object.entries(config.networks).flatMap(([name, { base, vlan }]) => {
      const carrier = (vlan === null ? base : vlans.get(tag(base, vlan))) ?? null;
      return carrier === null ? [] : [[name, carrier] as const];
    }),
  );
}

function takenProblem({ links, config }: Case, carriers: Carriers): Finding {
  const free = (master: LinkReport) =>
    isMade(master) || config.bonds[master.name] !== undefined || config.networks[master.name]?.bridged === true;
  const users = [...Object.values(config.bonds).flatMap(({ slaves }) => slaves), ...carriers.values()];
  return first(users, (name) => {
    const master = links.get(links.get(name)?.master ?? '');
    if (master === undefined || free(master)) return null;
    const bridged = [...carriers].some(
      ([network, carrier]) => carrier === name && config.networks[network]?.bridged === true,
    );
    const wayOn = bridged && canTakeOver(master) ? `; a network called ${master.name} would take it over` : '';
    return problem('ERR_USED_NIC', `${name} is a port of ${master.name}, which is not managed here${wayOn}.`);
  });
}

/** A kernel hands what a device receives to one other: a bond, a bridge, a macvlan or the like. VLANs come before that, tunnels after it. */
function receiverProblem({ links, config }: Case, carriers: Carriers): Finding {
  const masters = new Map([
    ...Object.entries(config.bonds).flatMap(([bond, { slaves }]) => slaves.map((slave) => [slave, bond] as const)),
    ...[...carriers].flatMap(([network, carrier]) =>
      config.networks[network]?.bridged === true ? [[carrier, network] as const] : [],
    ),
  ]);
  return first(links.values(), ({ name, kind, type, base }) => {
    const master = masters.get(base ?? '');
    if (master === undefined || kind === 'vlan' || type === 'vxlan') return null;
    return problem(
      'ERR_USED_NIC',
      `${base} cannot be a port of ${master} while ${name} (${type}) stands on it; remove that first.`,
    );
  });
}

function portsProblem({ links, whole }: Case): Finding {
  const stays = standsFor(whole);
  return first(links.values(), (port) => {
    const bridge = links.get(port.master ?? '');
    if (bridge?.kind !== 'bridge' || !isMade(bridge) || stays(bridge)) return null;
    if (isMade(port) || readAlias(port.alias) !== null) return null;
    return problem('ERR_BAD_BRIDGE', `Bridge ${bridge.name} cannot be removed: ${port.name} is still plugged into it.`);
  });
}

/** The kernel would remove it with the device below, also where that comes back as another one, and nothing here could make it anew. */
function standingProblem({ links, whole }: Case): Finding {
  const stays = standsFor(whole);
  return first(links.values(), (link) => {
    const base = links.get(link.base ?? '');
    if (base === undefined || isMade(link) || !isMade(base) || stays(base)) return null;
    const code = base.kind === 'bond' ? 'ERR_USED_BOND' : base.kind === 'vlan' ? 'ERR_BAD_VLAN' : 'ERR_BAD_BRIDGE';
    return problem(
      code,
      `${base.name} cannot be removed: ${link.name}, which is not managed here, stands on it and would go too; remove that first.`,
    );
  });
}
