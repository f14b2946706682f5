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
}

/** Alias of a link that Patchbay made: `patchbay:bridge:blue`, `patchbay:bond:bond0,for=blue`. */
export function madeAlias(kind: 'bond' | 'vlan' | 'bridge', name: string, holder: string | null = null): string {
  return `${PREFIX}${kind}:${name}${holder === null ? '' : `,for=${holder}`}`;
}

/** Characters that the kernel keeps of an alias. */
export const MAX_ALIAS = 255;

/** Alias of a nic taken into use: `patchbay:nic:mtu=1500,ipv6=on,for=bond0,was=features.tx.on+ring.rx.256`. */
export function takenAlias(mtu: number, ipv6: boolean, holder: string | null, ethtool: Mark['ethtool'] = {}): string {
  const settings = Object.entries(ethtool).flatMap(([section, values]) =>
    Object.entries(values).map(([name, value]) => `${section}.${name}.${value}`),
  );
  const parts = [
    `mtu=${mtu}`,
    `ipv6=${ipv6 ? 'on' : 'off'}`,
    ...(holder === null ? [] : [`for=${holder}`]),
    ...(settings.length === 0 ? [] : [`was=${settings.sort().join('+')}`]),
  ];
  return `${PREFIX}nic:${parts.join(',')}`;
}

/** Reads an alias; null when it is not one of ours. Unknown fields are ignored. */
export function readAlias(alias: string | null): Mark | null {
  const match = /^patchbay:(nic|bond|vlan|bridge):(.*)$/s.exec(alias ?? '');
  if (match === null) return null;
  const [, kind, rest = ''] = match;
  const words = rest.split(',');
  const field = (key: string) => words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
  const mtu = Number(field('mtu'));
  return {
    kind: kind as Mark['kind'],
    name: kind === 'nic' ? null : (words[0] ?? null),
    mtu: Number.isInteger(mtu) && mtu > 0 ? mtu : null,
    ipv6: field('ipv6') !== 'off',
    ethtool: settingsOf(field('was') ?? ''),
    holder: field('for') ?? null,
  };
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
