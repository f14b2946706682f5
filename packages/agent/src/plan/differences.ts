/** What differs between a link and its target, in the form in which it will be set. */
import type { KernelOp, LinkReport } from '@patchbay/protocol';
import { PER_PORT, showsWanted } from '../observe/bridge-options.ts';
import { hasOwnMac } from './apply-bond.ts';
import { MIN_IPV6_MTU } from './apply-sysctl.ts';
import type { Draft } from './draft.ts';
import type { TargetLink } from './target.ts';

type SetLink = Extract<KernelOp, { kind: 'link.set' }>;

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
  // A bond whose MAC goes by its slaves takes none while it has any.
  const sealed = link.bond !== null && link.bond.slaves.length > 0 && !hasOwnMac(link.bond.options);
  if (otherMac && !member && !follows && !sealed) op.mac = wanted.mac;
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

/** Growing is done at once; a link shrinks only in its own phase, unless nobody uses it yet. */
function mustSetMtu(draft: Draft, wanted: TargetLink, link: LinkReport): boolean {
  if (wanted.mtu === undefined) return false;
  if (draft.world.hiddenOf(link).unsureMtu || wanted.mtu > link.mtu) return true;
  const fresh = !draft.stood.has(link.name);
  return wanted.mtu < link.mtu && fresh && link.kind !== 'bond';
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

export function needs({ world }: Draft, option: string): 'nothing' | 'down' | 'no-slaves' {
  return option === 'mode' ? 'no-slaves' : (world.offers.bond?.needs[option] ?? 'nothing');
}

/** Options that differ from what is shown. What is on bounds what can be set, so it goes off first, and on last. */
export function bridgeChanges({ world }: Draft, wanted: TargetLink, { bridge }: LinkReport): [string, string][] {
  if (bridge === null || wanted.bridge === undefined) return [];
  const rounds = world.offers.bridge?.rounds === true;
  const changes: [string, string][] = [];
  for (const name in wanted.bridge) {
    const value = wanted.bridge[name];
    const shown = bridge.options[name];
    if (shown === undefined || value === undefined) continue;
    if (!showsWanted(rounds, name, shown, value)) changes.push([name, value]);
  }
  if (wanted.stp !== undefined && wanted.stp !== bridge.stp) changes.push(['stp_state', wanted.stp ? '1' : '0']);
  return changes.sort((a, b) => turn(a) - turn(b));
}

/** What ethtool says of the speed and duplex of a link without a carrier, in small letters. */
const UNKNOWN = 'unknown!';

/** Settings of a section of ethtool that differ. What is not known without a carrier may be as wanted, and to set it again would keep the link down. */
export function ethtoolChanges(
  section: string,
  wanted: Readonly<Record<string, string>>,
  { ethtool, carrier }: LinkReport,
): [name: string, value: string][] {
  const shown = ethtool?.[section] ?? {};
  return Object.entries(wanted).filter(
    ([name, value]) => shown[name] !== value && (carrier || section !== 'link' || shown[name] !== UNKNOWN),
  );
}

/** Whether a bond or bridge changes in what it can change only without ports. */
export function mustBeEmptied(draft: Draft, wanted: TargetLink): boolean {
  const link = draft.now(wanted);
  if (link === undefined) return false;
  return (
    mustBeUnsealed(wanted, link) ||
    bondChanges(wanted, link).some(({ option }) => needs(draft, option) === 'no-slaves') ||
    bridgeChanges(draft, wanted, link).some(([option]) => option === PER_PORT)
  );
}

/** Whether a bond that has the MAC of its slaves shall have another one. */
export function mustBeUnsealed({ mac }: TargetLink, link: LinkReport): boolean {
  return link.bond !== null && mac !== undefined && mac !== link.mac && !hasOwnMac(link.bond.options);
}

function turn([name, value]: [string, string]): number {
  if (name !== 'stp_state' && name !== 'vlan_filtering') return 1;
  return value === '0' ? 0 : 2;
}

export interface SysctlChange {
  key: string;
  value: string;
  /** Switches something off that may still be in use. */
  off: boolean;
}

/** Settings that differ or may have been lost, in the order in which they are set. */
export function sysctlChanges(draft: Draft, wanted: TargetLink, link: LinkReport): SysctlChange[] {
  const large = draft.world.ipv6 && link.mtu >= MIN_IPV6_MTU;
  const unsure = draft.world.hiddenOf(link).unsureIpv6 && large;
  const change = (family: string, name: string, value: string, off = false): SysctlChange => ({
    key: `net/${family}/conf/${link.name}/${name}`,
    value,
    off,
  });
  const changes: SysctlChange[] = [];
  if (wanted.ipv6 === false && (!link.ipv6Disabled || unsure)) changes.push(change('ipv6', 'disable_ipv6', '1', true));
  const { oldMacIpv6 } = draft.world.hiddenOf(link);
  if (
    wanted.ipv6 === true &&
    !link.ipv6Disabled &&
    large &&
    ((oldMacIpv6 && wanted.ourIpv6 === true) || listensAnew(wanted, link))
  ) {
    // Forgets what routers said and what was made of another MAC, and begins anew when it is switched on below.
    changes.push(change('ipv6', 'disable_ipv6', '1'));
  }
  for (const [key, value] of Object.entries(wanted.sysctls ?? {})) {
    const [family = '', name = ''] = key.split('/');
    const lost = family === 'ipv6' && unsure;
    if ((link.sysctls?.[key] !== value || lost) && (family === 'ipv4' || large))
      changes.push(change(family, name, value));
  }
  const again = changes.some(({ key, value, off }) => key.endsWith('/disable_ipv6') && value === '1' && !off);
  if (wanted.ipv6 === true && (link.ipv6Disabled || unsure || again) && large) {
    changes.push(change('ipv6', 'disable_ipv6', '0'));
  }
  return changes;
}

/**
 * Whether the device begins or ceases to heed routers, or begins to make addresses of what they say. The kernel asks them only when
 * IPv6 comes up, and keeps what it has heard; between two advertisements may be half an hour.
 */
function listensAnew(wanted: TargetLink, link: LinkReport): boolean {
  const now = (name: string): string | undefined => link.sysctls?.[`ipv6/${name}`];
  const then = (name: string): string | undefined => wanted.sysctls?.[`ipv6/${name}`] ?? now(name);
  if (now('accept_ra') === undefined) return false;
  const heeds = (value: string | undefined): boolean => value !== '0';
  return heeds(now('accept_ra')) !== heeds(then('accept_ra')) || (now('autoconf') === '0' && then('autoconf') === '1');
}
