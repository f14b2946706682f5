/**
 * The marks by which Patchbay knows its own things in a kernel, so that ownership survives the loss of every file.
 * A link of ours carries {@link OUR_GROUP} from the call that makes it and an alias from the first change after it; a nic or bond of others
 * that was taken into use carries an alias that remembers what it looked like before.
 */
import type { LinkReport, RouteReport, RuleReport } from '@patchbay/protocol';

/** Group of every link that Patchbay made. */
export const OUR_GROUP = 20550;
/** Group of links that are about to be removed together. */
export const LEAVING_GROUP = 20551;
/** Routing protocol number on routes and rules. */
export const OUR_PROTOCOL = '199';
/** First of our routing tables; all of ours lie within the next 65536. */
export const FIRST_TABLE = 0x4f560000;
export const OUR_TABLES = 0x10000;
/** Priority of source-routing rules, the one that oVirt hosts have always used. */
export const RULE_PRIORITY = 3200;

const PREFIX = 'patchbay:';

/** What an alias of ours says. */
export interface Mark {
  /** `nic`: taken into use; the others were made. */
  kind: 'nic' | 'bond' | 'vlan' | 'bridge';
  /** Network or bond that the link was made for, as far as it fits; null on one that was taken. */
  name: string | null;
  /** MTU in bytes before the device was taken into use. */
  mtu: number | null;
  /** Whether IPv6 was on before the device was taken into use. */
  ipv6: boolean;
  /** Settings of ethtool that were changed, as they were before: section, name, value. */
  ethtool: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Settings under `/proc/sys` that were changed, as they were before; keys as in {@link LinkReport.sysctls}. */
  sysctls: Readonly<Record<string, string>>;
  /** What somebody else had written there. */
  alias: string;
  /** Network or bond that holds the device's IP layer, as far as it fits; null when the addresses on it are not ours to judge. */
  holder: string | null;
  /** Routing table of the network whose addresses are here; null when it needs none. */
  table: number | null;
}

/** Settings that may be changed on a device with addresses. */
export const IPV4_SETTINGS = ['rp_filter', 'arp_ignore', 'arp_announce', 'promote_secondaries'] as const;
export const IPV6_SETTINGS = [
  'accept_ra',
  'accept_ra_defrtr',
  'addr_gen_mode',
  'autoconf',
  'keep_addr_on_down',
] as const;

/** What a device had before it was taken into use, as its alias keeps it. */
export type Taken = Omit<Mark, 'kind' | 'name' | 'mtu' | 'table'> & { mtu: number };

/**
 * Alias of a link that Patchbay made: `patchbay:bridge:blue`, `patchbay:bond:bond0,for=blue`.
 * @param mtu bytes that it had when it came over from another hand
 */
export function madeAlias(
  kind: 'bond' | 'vlan' | 'bridge',
  name: string,
  holder: string | null = null,
  mtu: number | null = null,
): string {
  const words = [shortened(name), ...(holder === null ? [] : [`for=${shortened(holder)}`])];
  if (mtu !== null && mtu !== 1500) words.push(`mtu=${mtu}`);
  return `${PREFIX}${kind}:${words.join(',')}`;
}

/** Characters that the kernel keeps of an alias. */
export const MAX_ALIAS = 255;
/** Most of what somebody else has written that is kept; longer words are lost. */
const MAX_FORMER = 60;

/** Alias of a nic or bond taken into use: `patchbay:nic:mtu=1500,ipv6=on,for=bond0,was=features.tx.on+ring.rx.256`. */
export function takenAlias({ mtu, ipv6, holder, ethtool, sysctls, alias }: Taken): string {
  const settings = Object.entries(ethtool).flatMap(([section, values]) =>
    Object.entries(values).map(([name, value]) => `${section}.${name}.${value}`),
  );
  const nets = Object.entries(sysctls).flatMap(([key, value]) => {
    const short = shorts.get(key);
    return short === undefined ? [] : [`${short}.${value}`];
  });
  const former = encoded(alias);
  const parts = [
    `mtu=${mtu}`,
    `ipv6=${ipv6 ? 'on' : 'off'}`,
    ...(holder === null ? [] : [`for=${shortened(holder)}`]),
    ...(nets.length === 0 ? [] : [`net=${nets.sort().join('+')}`]),
    ...(former === '' || former.length > MAX_FORMER ? [] : [`as=${former}`]),
    ...(settings.length === 0 ? [] : [`was=${settings.sort().join('+')}`]),
  ];
  return `${PREFIX}nic:${parts.join(',')}`;
}

/** The alias, and the routing table of the network whose addresses are on its device. */
export function withTable(alias: string, table: number): string {
  return `${alias},table=${table - FIRST_TABLE}`;
}

/** The settings as an alias names them. */
const shorts: ReadonlyMap<string, string> = new Map([
  ['ipv4/rp_filter', 'rp'],
  ['ipv4/arp_ignore', 'ai'],
  ['ipv4/arp_announce', 'an'],
  ['ipv4/promote_secondaries', 'ps'],
  ['ipv6/accept_ra', 'ra'],
  ['ipv6/accept_ra_defrtr', 'rd'],
  ['ipv6/autoconf', 'ac'],
  ['ipv6/keep_addr_on_down', 'ka'],
  ['ipv6/addr_gen_mode', 'gm'],
]);

/** Any text in the letters that the other words of an alias leave free. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!~*'()]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Names are for people here; those that fit no device are cut. */
export function shortened(name: string): string {
  return encoded(name).slice(0, 15);
}

/** A plan asks for the same few hundred aliases some thousand times. */
const known = new Map<string, Readonly<Mark> | null>();
const MOST_KNOWN = 10_000;

/** Reads an alias; null when it is not one of ours. Unknown fields are ignored. */
export function readAlias(alias: string | null): Readonly<Mark> | null {
  if (alias === null) return null;
  const before = known.get(alias);
  if (before !== undefined) return before;
  if (known.size >= MOST_KNOWN) known.clear();
  const mark = marked(alias);
  known.set(alias, mark);
  return mark;
}

function marked(alias: string): Readonly<Mark> | null {
  const match = /^patchbay:(nic|bond|vlan|bridge):(.*)$/s.exec(alias);
  if (match === null) return null;
  const [, kind, rest = ''] = match;
  const words = rest.split(',');
  const field = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const mtu = Number(field('mtu'));
  const table = /^\d+$/.test(field('table') ?? '') ? FIRST_TABLE + Number(field('table')) : 0;
  return {
    kind: kind as Mark['kind'],
    name: kind === 'nic' ? null : (words[0] ?? null),
    mtu: Number.isInteger(mtu) && mtu > 0 ? mtu : null,
    ipv6: field('ipv6') !== 'off',
    ethtool: settingsOf(field('was') ?? ''),
    sysctls: sysctlsOf(field('net') ?? ''),
    alias: decoded(field('as') ?? ''),
    holder: field('for') ?? null,
    table: isOurTable(table) ? table : null,
  };
}

function settingsOf(text: string): Mark['ethtool'] {
  const found: Record<string, Record<string, string>> = {};
  for (const part of text.split('+')) {
    const [section = '', name = '', value] = part.split('.');
    if (value !== undefined) found[section] = { ...found[section], [name]: value };
  }
  return found;
}

function sysctlsOf(text: string): Record<string, string> {
  const parts = new Map(text.split('+').map((part) => part.split('.') as [string, string]));
  const found = [...shorts].flatMap(([key, short]) => {
    const value = parts.get(short);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(found);
}

/** Somebody else may have written into it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Whether Patchbay made this link. A nic is never made by us. */
export function isMade(link: LinkReport): boolean {
  if (link.kind === 'nic' || link.kind === 'other') return false;
  const mark = readAlias(link.alias);
  if (mark !== null) return mark.kind !== 'nic';
  return link.group === String(OUR_GROUP) || link.group === String(LEAVING_GROUP);
}

/** Whether another hand has put the link into a group. It stays there, also when Patchbay takes the link over. */
export function hasOtherGroup({ group }: LinkReport): boolean {
  return !['default', String(OUR_GROUP), String(LEAVING_GROUP)].includes(group);
}

/** Whether another hand made this link and Patchbay uses it: a nic, or a bond that networks stand on. */
export function isTaken({ kind, alias }: Pick<LinkReport, 'kind' | 'alias'>): boolean {
  return (kind === 'nic' || kind === 'bond') && readAlias(alias)?.kind === 'nic';
}

export function isOurTable(table: number): boolean {
  return table >= FIRST_TABLE && table < FIRST_TABLE + OUR_TABLES;
}

export function isOurRoute(route: RouteReport): boolean {
  return route.protocol === OUR_PROTOCOL || isOurTable(route.table);
}

/** Whether somebody has set the route, a routing daemon as well; the others come with addresses and with what routers say. */
export function isSetRoute({ protocol }: Pick<RouteReport, 'protocol'>): boolean {
  return protocol !== 'kernel' && protocol !== 'ra' && protocol !== 'redirect';
}

export function isOurRule(rule: RuleReport): boolean {
  return rule.protocol === OUR_PROTOCOL || isOurTable(rule.table);
}
