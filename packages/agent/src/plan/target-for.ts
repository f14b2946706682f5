/** From a host config to the devices, addresses and routes that it means on this host. */
import { type AgentProblem, type HostConfig, MAIN_TABLE, type RouteReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { isMade, isOurRoute, isOurRule } from '../observe/ownership.ts';
import { sameClient, sameRule } from './apply-op.ts';
import { sameKey } from './apply-route.ts';
import { takeOffDoubles } from './doubles.ts';
import type { KeptMacs } from './kept-macs.ts';
import { markDevices } from './mark-devices.ts';
import { standsFor } from './stands-for.ts';
import type { Target, TargetLink } from './target.ts';
import { claimsFor } from './target-claims.ts';
import { dnsTarget } from './target-dns.ts';
import { addIp, type IpPlan } from './target-ip.ts';
import { addDevices, type Devices } from './target-links.ts';
import { addShaping } from './target-shaping.ts';
import { validate } from './validate/validate.ts';
import { countsToSet } from './virtual-functions.ts';

export type TargetResult = { ok: true; target: Target } | { ok: false; problem: AgentProblem };

/**
 * @param preferred nic or other device whose MAC a new bond shall take, because the host is reached through it
 * @param kept MACs of bonds and bridges that have been here before
 * @param whole what the config is a part of: what stands for the rest of it is left as it is
 * @returns the target, or the first reason why this host cannot look like that; the kernel was not asked anything
 */
export function targetFor(
  state: KernelState,
  config: HostConfig,
  preferred: ReadonlySet<string>,
  kept: KeptMacs = {},
  whole: HostConfig = config,
): TargetResult {
  const problem = validate(state, config, whole);
  if (problem !== null) return { ok: false, problem };
  const devices: Devices = addDevices(state, config, preferred, kept);
  const ip: IpPlan = addIp(state, config, devices);
  markDevices(state, devices, ip.tables);
  const { links } = devices;
  addShaping(state, config, links);
  const stays = standsFor(whole);
  const others = state.links.filter((link) => isMade(link) && !links.has(link.name));
  const gone = new Set(others.filter((link) => !stays(link)).map(({ name }) => name));
  // What stands for the rest of the whole waits, with its routes, rules and DHCP clients.
  const waiting = new Set(others.filter(stays).map(({ name }) => name));
  const overWaiting = state.routes.filter(({ table, device }) => table !== MAIN_TABLE && waiting.has(device ?? ''));
  const waitingTables = new Set(overWaiting.map(({ table }) => table));

  // A device whose addresses are ours has only routes of ours and of routing daemons; elsewhere only our own marks count.
  const held = new Set([...links.values()].filter((link) => devices.holds.has(link.name)).map((link) => link.name));
  const isJudged = (route: RouteReport): boolean => {
    if (waiting.has(route.device ?? '') || waitingTables.has(route.table)) return false;
    if (isOurRoute(route)) return true;
    if (route.device === null || !held.has(route.device)) return false;
    return BY_HAND.has(route.protocol) || isUnheard(route, links.get(route.device), ip.heardRouters);
  };
  const routes = state.routes.filter(
    (route) => isJudged(route) && !ip.routes.some((wanted) => sameKey(wanted, route) && wanted.device === route.device),
  );
  const target: Target = {
    links,
    virtualFunctions: countsToSet(state, config.virtualFunctions ?? {}, config),
    gone,
    routes: { wanted: ip.routes, unwanted: routes },
    rules: {
      wanted: ip.rules,
      inOrder: false,
      unwanted: state.rules.filter(
        (rule) =>
          isOurRule(rule) && !waitingTables.has(rule.table) && !ip.rules.some((wanted) => sameRule(wanted, rule)),
      ),
    },
    dhcp: {
      wanted: ip.dhcp,
      unwanted: state.dhcp.filter(
        (client) => !waiting.has(client.device) && !ip.dhcp.some((wanted) => sameClient(wanted, client)),
      ),
    },
    claims: claimsFor(state, links, devices.holds),
    dns: dnsTarget(state, config, devices, ip.nameservers, whole),
  };
  takeOffDoubles(state, links);
  return { ok: true, target };
}

/** A default route that a router's word made where routers are not asked for it any more. It ends, but not soon. */
function isUnheard(route: RouteReport, link: TargetLink | undefined, heard: ReadonlySet<string>): boolean {
  return route.protocol === 'ra' && route.destination === 'default' && link?.ipv6 === true && !heard.has(link.name);
}

/** Who people and other network managers say they are. A routing daemon has a name of its own, and sees to its routes itself. */
const BY_HAND: ReadonlySet<string> = new Set(['unspec', 'boot', 'static', 'dhcp']);
