/** An earlier state of the kernel as the goal: what Patchbay changes is put back, whoever had set it. */
import type { LinkReport, RouteReport } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { type Offers, offersOf } from '../observe/offers.ts';
import { hasOtherGroup, isMade, isOurRoute, isOurRule, isSetRoute, OUR_GROUP } from '../observe/ownership.ts';
import { sameClient, sameRule } from './apply-op.ts';
import { devicesBy, subnetBy } from './apply-route.ts';
import { sameRoute } from './phase-routes.ts';
import { type DnsTarget, plainLink, type Target, type TargetLink } from './target.ts';
import { claimsAsBefore } from './target-claims.ts';
import { countsNow, countsToSet } from './virtual-functions.ts';

/** @param state the kernel now, however half-done; @param snapshot the kernel as it was */
export function targetOf(state: KernelState, snapshot: KernelState): Target {
  const now = new Map(state.links.map((link) => [link.name, link]));
  // What was plugged in and is no longer there cannot be put back, nor what stood on it.
  const links = new Map<string, TargetLink>();
  const before = new Map(snapshot.links.map((link) => [link.name, link]));
  const possible = (link: LinkReport): boolean => {
    if (link.kind === 'nic' || link.kind === 'other') return now.has(link.name);
    // Of another protocol, and none that a step makes.
    if (link.kind === 'vlan' && link.vlan === null) return now.has(link.name);
    const base = link.base === null ? undefined : before.get(link.base);
    return link.kind !== 'vlan' || (base !== undefined && possible(base));
  };
  for (const link of snapshot.links.filter(possible)) {
    links.set(link.name, asBefore(link, now.get(link.name), offersOf(state)));
  }

  const clients = snapshot.dhcp.filter(({ device }) => links.has(device));
  // Where a manager has taken it on itself to make the route to the subnet of its address, nobody else makes it again.
  const isOwn = ({ device, source, destination }: RouteReport): boolean =>
    before
      .get(device ?? '')
      ?.addresses.some(
        (one) => one.noPrefixRoute === true && subnetBy(one) === destination && (source ?? one.address) === one.address,
      ) === true;
  const leads = (route: RouteReport): boolean => {
    const devices = devicesBy(route);
    return devices.length > 0 && devices.every((device) => links.has(device));
  };
  const routes = snapshot.routes.filter(
    (route) => (isSetRoute(route) || (route.protocol === 'kernel' && isOwn(route))) && leads(route),
  );
  return {
    links,
    virtualFunctions: countsToSet(state, countsNow(snapshot), null),
    gone: new Set(state.links.filter((link) => isMade(link) && !before.has(link.name)).map(({ name }) => name)),
    routes: {
      wanted: routes,
      unwanted: state.routes.filter(
        (route) => isOurRoute(route) && !snapshot.routes.some((kept) => sameRoute(kept, route)),
      ),
    },
    rules: {
      wanted: snapshot.rules.filter(isOurRule),
      inOrder: true,
      unwanted: state.rules.filter((rule) => isOurRule(rule) && !snapshot.rules.some((kept) => sameRule(kept, rule))),
    },
    dhcp: {
      wanted: clients.map(({ device, network, family }) => ({ device, network, family })),
      unwanted: state.dhcp.filter((client) => !clients.some((kept) => sameClient(kept, client))),
    },
    claims: claimsAsBefore(state, snapshot),
    dns: dnsBefore(state, snapshot),
  };
}

/** What a program was told by device is told again; a file is put back as it stood, or only its servers where no more is known. */
function dnsBefore(state: KernelState, { resolver, nameservers }: KernelState): DnsTarget {
  if (resolver === undefined) return { devices: {}, nameservers };
  if (resolver.manager === 'file') return { devices: {}, nameservers: null, file: resolver.file };
  const told = [...Object.keys(resolver.devices), ...Object.keys(state.resolver?.devices ?? {})];
  const devices = Object.fromEntries(told.map((device) => [device, resolver.devices[device] ?? []]));
  return { devices, nameservers: null };
}

function asBefore(link: LinkReport, now: LinkReport | undefined, { bond: offers }: Offers): TargetLink {
  const target = plainLink(link.name, link.kind);
  target.master = link.master;
  if (link.kind === 'other') return target;
  target.base = link.base;
  target.vlan = link.vlan;
  target.alias = link.alias ?? '';
  // The mark of a removal under way is no state to return to: the next removal would take the link along. Nor may what was taken over,
  // or had to be made anew, keep our group when it is given back: it would count as made by us, and go with the next change.
  if (isMade(link)) target.group = OUR_GROUP;
  else if (now === undefined || !hasOtherGroup(now)) target.group = Number(link.group) || 0;
  target.up = link.adminUp;
  target.mtu = link.mtu;
  target.ipv6 = !link.ipv6Disabled;
  // A virtual function that was made anew has a MAC of its own, which its driver may not let us change.
  const anew = link.sriov?.total === 0 && now?.index !== link.index;
  if (link.mac !== null && !anew) target.mac = link.mac;
  if (link.sysctls !== undefined) target.sysctls = { ...link.sysctls };
  if (link.shaping !== undefined || now?.shaping !== undefined) target.shaping = link.shaping ?? null;
  if (link.ethtool !== undefined) target.ethtool = link.ethtool;
  if (link.bond !== null) {
    const settable = ['mode', ...(offers?.settable[link.bond.options['mode'] ?? ''] ?? [])];
    const options = Object.entries(link.bond.options).filter(([option]) => settable.includes(option));
    target.bond = Object.fromEntries(options);
  }
  if (link.bridge !== null) {
    target.bridge = link.bridge.options;
    target.stp = link.bridge.stp;
  }
  const kept = link.addresses.filter(({ origin, manual }) => origin !== 'kernel' || manual === true);
  target.wanted = kept.map(({ family, address, prefix, peer, noPrefixRoute, validFor }) => ({
    ...{ family, address, prefix, validFor },
    ...(peer === undefined ? {} : { peer }),
    ...(noPrefixRoute === undefined ? {} : { noPrefixRoute }),
  }));
  target.unwanted = (now?.addresses ?? []).filter(
    ({ origin, address, prefix }) =>
      origin !== 'kernel' && origin !== 'ra' && !kept.some((one) => one.address === address && one.prefix === prefix),
  );
  return target;
}
