/**
 * The marks by which Patchbay knows its own things in a kernel, so that ownership survives the loss of every file.
 * A link of ours carries {@link OUR_GROUP} from the call that makes it and an alias from the first change after it; a nic
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
export const MAIN_TABLE = 254;
/** Priority of source-routing rules, the one that oVirt hosts have always used. */
export const RULE_PRIORITY = 3200;

const PREFIX = 'patchbay:';

/** What an alias of ours says. */
export interface Mark {
  kind: 'nic' | 'bond' | 'vlan' | 'bridge';
  /** Network or bond that the link was made for; null on a nic. */
  name: string | null;
  /** MTU in bytes before the device was taken into use. */
  mtu: number | null;
  /** Whether IPv6 was on before the device was taken into use. */
  ipv6: boolean;
  /** Settings of ethtool that were changed, as they were before: section, name, value. */
  ethtool: Record<string, Record<string, string>>;
  /** Network or bond that holds the device's IP layer; null when the addresses on it are not ours to judge. */
  holder: string | null;
  /** Routing table of the network whose addresses are here; null when it needs none. */
  table: number | null;
  /** Settings below `/proc/sys` that were changed, as they were before; names as in {@link LinkReport}. */
  sysctls: Record<string, string>;
}

/** Settings that may be changed on a device with addresses, in the order in which an alias remembers them. */
export const IPV4_SETTINGS = ['rp_filter', 'arp_ignore', 'arp_announce', 'promote_secondaries'] as const;
export const IPV6_SETTINGS = ['accept_ra', 'accept_ra_defrtr', 'autoconf', 'keep_addr_on_down'] as const;

/** Characters that the kernel keeps of an alias. */
export const MAX_ALIAS = 255;

const plainMark: Omit<Mark, 'kind'> = {
  name: null,
  mtu: null,
  ipv6: true,
  ethtool: {},
  holder: null,
  table: null,
  sysctls: {},
};

/** Mark of a link that Patchbay made: `patchbay:bridge:blue`, `patchbay:bond:bond0,for=blue`. */
export function madeMark(kind: 'bond' | 'vlan' | 'bridge', name: string, holder: string | null = null): Mark {
  return { ...plainMark, kind, name, holder };
}

/** Mark of a nic taken into use: `patchbay:nic:mtu=1500,ipv6=on,for=bond0,was=features.tx.on+ring.rx.256`. */
export function takenMark(mtu: number, ipv6: boolean, holder: string | null, ethtool: Mark['ethtool'] = {}): Mark {
  return { ...plainMark, kind: 'nic', mtu, ipv6, holder, ethtool };
}

/** A mark as the link's alias. */
export function aliasOf({ kind, name, mtu, ipv6, holder, table, sysctls, ethtool }: Mark): string {
  const settings = Object.entries(ethtool).flatMap(([section, values]) =>
    Object.entries(values).map(([name, value]) => `${section}.${name}.${value}`),
  );
  const field = (key: string, value: string | number | null) => (value === null ? [] : [`${key}=${value}`]);
  const parts = [
    ...(kind === 'nic' ? [`mtu=${mtu}`, `ipv6=${ipv6 ? 'on' : 'off'}`] : [name]),
    ...field('for', holder),
    ...field('table', table === null ? null : table - FIRST_TABLE),
    ...field('v4', valuesOf('ipv4', IPV4_SETTINGS, sysctls)),
    ...field('v6', valuesOf('ipv6', IPV6_SETTINGS, sysctls)),
    ...field('was', settings.length === 0 ? null : settings.sort().join('+')),
  ];
  return `${PREFIX}${kind}:${parts.join(',')}`;
}

/** `0.1.2.0`, with nothing between the dots where nothing is known. */
function valuesOf(family: string, names: readonly string[], sysctls: Mark['sysctls']): string | null {
  const values = names.map((name) => sysctls[`${family}/${name}`] ?? '');
  return values.every((value) => value === '') ? null : values.join('.');
}

/** Reads an alias; null when it is not one of ours. Unknown fields are ignored. */
export function readAlias(alias: string | null): Mark | null {
  const match = /^patchbay:(nic|bond|vlan|bridge):(.*)$/s.exec(alias ?? '');
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
    holder: field('for') ?? null,
    table: isOurTable(table) ? table : null,
    sysctls: {
      ...sysctlsOf('ipv4', IPV4_SETTINGS, field('v4') ?? ''),
      ...sysctlsOf('ipv6', IPV6_SETTINGS, field('v6') ?? ''),
    },
  };
}

function sysctlsOf(family: string, names: readonly string[], text: string): Record<string, string> {
  const values = text.split('.');
  return Object.fromEntries(
    names.flatMap((name, at) => (/^\d+$/.test(values[at] ?? '') ? [[`${family}/${name}`, values[at] ?? '']] : [])),
  );
}

function settingsOf(text: string): Mark['ethtool'] {
  const found: Mark['ethtool'] = {};
  for (const part of text.split('+')) {
    const [section = '', name = '', value] = part.split('.');
    if (value !== undefined) found[section] = { ...found[section], [name]: value };
  }
  return found;
}

/** Whether Patchbay made this link. A nic is never made by us. */
export function isMade(link: LinkReport): boolean {
  if (link.kind === 'nic' || link.kind === 'other') return false;
  return readAlias(link.alias) !== null || link.group === String(OUR_GROUP) || link.group === String(LEAVING_GROUP);
}

export function isOurTable(table: number): boolean {
  return table >= FIRST_TABLE && table < FIRST_TABLE + OUR_TABLES;
}

export function isOurRoute(route: RouteReport): boolean {
  return route.protocol === OUR_PROTOCOL || isOurTable(route.table);
}

export function isOurRule(rule: RuleReport): boolean {
  return rule.protocol === OUR_PROTOCOL || isOurTable(rule.table);
}
