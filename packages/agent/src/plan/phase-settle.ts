/** Phase: MAC, alias, MTU, up and options of links that stand where they belong. */
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import { bondOptions } from '../observe/bond-options.ts';
import { MIN_IPV6_MTU } from './apply-sysctl.ts';
import type { Draft } from './draft.ts';
import type { TargetLink } from './target.ts';

type SetLink = Extract<KernelOp, { kind: 'link.set' }>;

/** One call per link, from the wire up, with everything that can be set now. */
export function settle(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp(which)) {
    // What is about to be plugged in somewhere is settled in the same call.
    if (isAwaited(draft, wanted)) continue;
    const op = settlingOp(draft, wanted);
    if (Object.keys(op).length > 2) draft.do(op);
  }
}

/** What is left to set on a link, as one operation; only kind and name when nothing is. */
export function settlingOp(draft: Draft, wanted: TargetLink): SetLink {
  const op: SetLink = { kind: 'link.set', name: wanted.name };
  const link = draft.now(wanted);
  if (link === undefined) return op;
  const hidden = draft.world.hiddenOf(link);
  const member = draft.world.get(link.master)?.kind === 'bond';
  const base = link.kind === 'vlan' ? draft.world.get(link.base) : undefined;
  // A VLAN device follows its base by itself; what is left is the MAC that somebody gave it.
  const follows = base !== undefined && base.mac !== wanted.mac;
  const otherMac = wanted.mac !== undefined && (wanted.mac !== link.mac || hidden.unsureMac);
  if (otherMac && !member && !follows) op.mac = wanted.mac;
  const room = base === undefined ? Number.POSITIVE_INFINITY : draft.world.hiddenOf(base).unsureMtu ? 0 : base.mtu;
  if (wanted.mtu !== undefined && !member && wanted.mtu <= room && mustSetMtu(draft, wanted, link)) op.mtu = wanted.mtu;
  if (wanted.alias !== undefined && wanted.alias !== (link.alias ?? '')) op.alias = wanted.alias;
  const group = link.group === 'default' ? '0' : link.group;
  if (wanted.group !== undefined && String(wanted.group) !== group) op.group = wanted.group;
  const carried = base === undefined || base.adminUp;
  if (wanted.up === true && !link.adminUp && carried) op.up = true;
  if (wanted.up === false && link.adminUp && !member) op.up = false;
  return op;
}

/** Whether the link still has to join a bond or bridge that stands. */
function isAwaited(draft: Draft, wanted: TargetLink): boolean {
  const link = draft.now(wanted);
  return typeof wanted.master === 'string' && link?.master !== wanted.master && draft.world.links.has(wanted.master);
}

/** Growing is done at once; a link shrinks only in its own phase, unless nobody uses it yet. */
function mustSetMtu(draft: Draft, wanted: TargetLink, link: LinkReport): boolean {
  if (wanted.mtu === undefined) return false;
  if (draft.world.hiddenOf(link).unsureMtu || wanted.mtu > link.mtu) return true;
  const fresh = !draft.stood.has(link.name);
  return wanted.mtu < link.mtu && fresh && link.kind !== 'bond';
}

/** Links that shrink, from the top down, so that nothing is ever larger than what carries it. */
export function shrink(draft: Draft): void {
  for (const wanted of draft.bottomUp().reverse()) {
    const link = draft.now(wanted);
    if (link === undefined || wanted.mtu === undefined || draft.world.get(link.master)?.kind === 'bond') continue;
    if (wanted.mtu < link.mtu) draft.do({ kind: 'link.set', name: link.name, mtu: wanted.mtu });
  }
}

/** Options of bonds and bridges that differ. A bond goes down for those that need it, and comes up again. */
export function settleOptions(draft: Draft, which: (link: TargetLink) => boolean): void {
  for (const wanted of draft.bottomUp(which)) {
    const link = draft.now(wanted);
    if (link === undefined) continue;
    for (const [option, value] of bridgeChanges(wanted, link)) {
      draft.do({ kind: 'bridge.option', name: link.name, option, value });
    }
    const changes = bondChanges(wanted, link).filter(({ option }) => needs(option) !== 'no-slaves');
    const closed = link.adminUp && changes.some(({ option }) => needs(option) === 'down');
    if (closed) draft.do({ kind: 'link.set', name: link.name, up: false });
    for (const { option, value } of changes) {
      const missing = option === 'primary' && value !== '' && draft.world.get(value)?.master !== link.name;
      if (!missing) draft.do({ kind: 'bond.option', name: link.name, option, value });
    }
    if (closed) draft.do({ kind: 'link.set', name: link.name, up: true });
  }
}

/** Options that differ, in an order in which the kernel takes them: the mode first, what excludes something else is zeroed before. */
export function bondChanges(wanted: TargetLink, link: LinkReport): { option: string; value: string }[] {
  if (link.bond === null || wanted.bond === undefined) return [];
  const shown = link.bond.options;
  return Object.entries(wanted.bond)
    .filter(([option, value]) => shown[option] !== value)
    .map(([option, value]) => ({ option, value }))
    .sort((a, b) => rank(a.option, a.value) - rank(b.option, b.value));
}

const order = [
  'mode',
  'fail_over_mac',
  'updelay=0',
  'downdelay=0',
  'arp_validate=none',
  'arp_interval=0',
  'arp_ip_target=',
];
const after = ['miimon', 'updelay', 'downdelay', 'arp_ip_target', 'arp_interval', 'arp_validate'];

function rank(option: string, value: string): number {
  const early = order.findIndex((entry) => entry === option || entry === `${option}=${value}`);
  if (early >= 0) return early;
  const late = after.indexOf(option);
  return late >= 0 ? 20 + late : 40;
}

function needs(option: string): 'nothing' | 'down' | 'no-slaves' {
  return option === 'mode' ? 'no-slaves' : (bondOptions.get(option)?.needs ?? 'nothing');
}

/** Options that differ from what is shown; timers before the protocol that runs by them. */
function bridgeChanges(wanted: TargetLink, { bridge }: LinkReport): [string, string][] {
  if (bridge === null || wanted.bridge === undefined) return [];
  const changes: [string, string][] = [];
  for (const name in wanted.bridge) {
    const value = wanted.bridge[name];
    const shown = bridge.options[name];
    if (shown !== undefined && value !== undefined && shown !== value) changes.push([name, value]);
  }
  if (wanted.stp !== undefined && wanted.stp !== bridge.stp) changes.push(['stp_state', wanted.stp ? '1' : '0']);
  return changes;
}

/**
 * Early: what is switched on, and everything on links that were just made. Late: what is switched off on links that were
 * in use, because their addresses have moved by then.
 */
export function settleSysctls(draft: Draft, when: 'early' | 'late'): void {
  for (const wanted of draft.bottomUp()) {
    const link = draft.now(wanted);
    if (link === undefined) continue;
    const unsure = draft.world.hiddenOf(link).unsureIpv6 && link.mtu >= MIN_IPV6_MTU;
    const changes = Object.entries(wanted.sysctls ?? {}).filter(
      ([key, value]) =>
        (link.sysctls?.[key] !== value || (unsure && key.startsWith('ipv6/'))) &&
        (key.startsWith('ipv4/') || link.mtu >= MIN_IPV6_MTU),
    );
    const off = wanted.ipv6 === false && (!link.ipv6Disabled || unsure);
    if (off && (when === 'late' || !draft.stood.has(link.name))) setIpv6(draft, link.name, 'disable_ipv6', '1');
    for (const [key, value] of changes) {
      const [family = '', name = ''] = key.split('/');
      draft.do({ kind: 'sysctl.set', key: `net/${family}/conf/${link.name}/${name}`, value });
    }
    const on = wanted.ipv6 === true && (link.ipv6Disabled || unsure) && link.mtu >= MIN_IPV6_MTU;
    if (on) setIpv6(draft, link.name, 'disable_ipv6', '0');
  }
}

function setIpv6(draft: Draft, device: string, name: string, value: string): void {
  draft.do({ kind: 'sysctl.set', key: `net/ipv6/conf/${device}/${name}`, value });
}
