/**
 * The options of a Linux bridge that a network may set: how sysfs, `ip` and its JSON call them, and what Linux 6.1 takes. What
 * the kernel at hand takes is in its {@link Offers}.
 * Source: Documentation/networking/bridge.rst and net/bridge/br_sysfs_br.c of Linux.
 */
import { isOffered, spellValues, type Values } from './option-values.ts';

/** What the bridges of a kernel are, and take. */
export interface BridgeOffers {
  /** Everything that a new bridge shows. */
  readonly fresh: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Values>>;
  /** Times may show a hundredth of a second less than they were set to, because the kernel's ticks do not divide it. */
  readonly rounds: boolean;
}

export interface BridgeOption {
  /** Name in sysfs, in {@link HostConfig} and in reports. */
  name: string;
  /** Keyword of `ip link … type bridge`. */
  keyword: string;
  /** Key in `ip -d -j`. */
  key: string;
  /** Whether it is a time, in hundredths of a second. */
  isTime: boolean;
  /** Most that fits into the kernel's message for it, where it is a number. */
  width: number;
  /** As documented. */
  default: string;
  values: Values;
}

const [U8, U16, U32] = [0xff, 0xffff, 0xffffffff];
const ON_OFF: Values = { least: 0, most: 1 };
const ANY: Values = { any: true };
const number = (least: number, most: number): Values => ({ least, most });

/** Changes only on a bridge without ports. */
export const PER_PORT = 'vlan_stats_per_port';

const table: readonly (readonly [
  name: string,
  keyword: string,
  fallback: string,
  values: Values,
  width?: number,
  key?: string,
  isTime?: true,
])[] = [
  time('forward_delay', '1500', number(0, U32)),
  time('hello_time', '200', number(100, 1000)),
  time('max_age', '2000', number(600, 4000)),
  time('ageing_time', '30000', number(0, U32)),
  ['priority', 'priority', '32768', number(0, 65535), U16],
  ['default_pvid', 'vlan_default_pvid', '1', number(0, 4094), U16],
  ['vlan_protocol', 'vlan_protocol', '802.1Q', { names: ['802.1Q', '802.1ad'] }],
  ['vlan_filtering', 'vlan_filtering', '0', ON_OFF, U8],
  ['vlan_stats_enabled', 'vlan_stats_enabled', '0', ON_OFF, U8],
  [PER_PORT, PER_PORT, '0', ON_OFF, U8],
  ['group_fwd_mask', 'group_fwd_mask', '0x0', { bits: 0xfff8 }, U16],
  ['group_addr', 'group_address', '01:80:c2:00:00:00', ANY, 0, 'group_addr'],
  ['no_linklocal_learn', 'no_linklocal_learn', '0', ON_OFF, U8],
  ['multicast_snooping', 'mcast_snooping', '1', ON_OFF, U8],
  ['multicast_router', 'mcast_router', '1', number(0, 2), U8],
  ['multicast_query_use_ifaddr', 'mcast_query_use_ifaddr', '0', ON_OFF, U8],
  ['multicast_querier', 'mcast_querier', '0', ON_OFF, U8],
  ['hash_elasticity', 'mcast_hash_elasticity', '16', number(16, 16)],
  ['hash_max', 'mcast_hash_max', '4096', number(0, U32)],
  ['multicast_last_member_count', 'mcast_last_member_count', '2', number(0, U32), U32, 'mcast_last_member_cnt'],
  ['multicast_startup_query_count', 'mcast_startup_query_count', '2', number(0, U32), U32, 'mcast_startup_query_cnt'],
  interval('multicast_last_member_interval', 'mcast_last_member', '100'),
  interval('multicast_membership_interval', 'mcast_membership', '26000'),
  interval('multicast_querier_interval', 'mcast_querier', '25500'),
  interval('multicast_query_interval', 'mcast_query', '12500', number(100, 8_640_000)),
  interval('multicast_query_response_interval', 'mcast_query_response', '1000'),
  interval('multicast_startup_query_interval', 'mcast_startup_query', '3125', number(100, 8_640_000)),
  ['multicast_stats_enabled', 'mcast_stats_enabled', '0', ON_OFF, U8],
  ['multicast_igmp_version', 'mcast_igmp_version', '2', number(2, 3), U8],
  ['multicast_mld_version', 'mcast_mld_version', '1', number(1, 2), U8],
  ['nf_call_iptables', 'nf_call_iptables', '0', ON_OFF, U8],
  ['nf_call_ip6tables', 'nf_call_ip6tables', '0', ON_OFF, U8],
  ['nf_call_arptables', 'nf_call_arptables', '0', ON_OFF, U8],
];

function time(name: string, fallback: string, values: Values) {
  return [name, name, fallback, values, U32, name, true] as const;
}

/** iproute2 prints intervals under a shorter key than the word it takes. */
function interval(name: string, stem: string, fallback: string, values = number(0, U32)) {
  return [name, `${stem}_interval`, fallback, values, U32, `${stem}_intvl`, true] as const;
}

export const bridgeOptions: ReadonlyMap<string, BridgeOption> = new Map(
  table.map(([name, keyword, fallback, values, width = U32, key = keyword, isTime = false]) => [
    name,
    { name, keyword, key, isTime, width, default: fallback, values },
  ]),
);

export const documentedBridge: BridgeOffers = {
  fresh: Object.fromEntries([...bridgeOptions.values()].map((entry) => [entry.name, entry.default])),
  values: Object.fromEntries([...bridgeOptions.values()].map(({ name, values }) => [name, values])),
  rounds: false,
};

/** With spanning tree on, IEEE 802.1D bounds the delay; hundredths of a second. */
const STP_FORWARD_DELAY = { least: 200, most: 3000 };

/**
 * Every option that a bridge of this configuration shall show: what is named, and the kernel's defaults for the rest.
 * @returns the options, or a sentence about the first that cannot be, with what can
 */
export function wholeBridgeOptions(
  { fresh, values }: BridgeOffers,
  named: Readonly<Record<string, string>>,
  stp = false,
): Readonly<Record<string, string>> | { error: string } {
  let whole = fresh;
  for (const [name, value] of Object.entries(named)) {
    const entry = bridgeOptions.get(name);
    const offered = values[name];
    if (entry === undefined || offered === undefined) {
      return { error: `${name} is not a bridge option of this kernel, which has ${Object.keys(values).join(', ')}` };
    }
    const spelt = bridgeValue(entry, value);
    const takes = stp && name === 'forward_delay' ? STP_FORWARD_DELAY : offered;
    if (spelt === null || !isOffered(takes, spelt)) {
      const choice = 'any' in takes ? 'an address from 01:80:c2:00:00:00 to 0f but 01, 02, 03' : spellValues(takes);
      return {
        error: `${name}=${value} is no value of this option${stp && takes !== offered ? ' with spanning tree' : ''}; it takes ${choice}`,
      };
    }
    whole = { ...whole, [name]: spelt };
  }
  return whole;
}

/**
 * Whether an option that shows this value is as wanted. A kernel with 250 ticks a second, as Debian's, keeps 2.05 s as 512 ticks and
 * shows them as 2.04 s; one with 300 shows 1.99 s for 2 s (`clock_t_to_jiffies` and `jiffies_to_clock_t` of Linux).
 */
export function showsWanted(rounds: boolean, name: string, shown: string, wanted: string): boolean {
  if (shown === wanted) return true;
  return rounds && bridgeOptions.get(name)?.isTime === true && Number(shown) === Number(wanted) - 1;
}

/** The kernel's spelling of a value: decimal, but masks in hexadecimal and protocols by name. Null when it is none. */
export function bridgeValue({ name, values }: Pick<BridgeOption, 'name' | 'values'>, value: string): string | null {
  if (name === 'group_addr') return groupAddress(value);
  if ('names' in values) return protocols[value.toLowerCase()] ?? null;
  if (!/^(\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(value)) return null;
  const number = Number(value);
  return 'bits' in values ? `0x${number.toString(16)}` : String(number);
}

const protocols: Readonly<Record<string, string>> = {
  ...{ '0x8100': '802.1Q', '802.1q': '802.1Q' },
  ...{ '0x88a8': '802.1ad', '802.1ad': '802.1ad' },
};

/** One of the addresses that bridges talk to each other by, and not one that has a meaning of its own. */
function groupAddress(value: string): string | null {
  const spelt = value
    .toLowerCase()
    .split(':')
    .map((part) => part.padStart(2, '0'))
    .join(':');
  return /^01:80:c2:00:00:0[04-9a-f]$/.test(spelt) ? spelt : null;
}

/** What bridges have shown, by its text. */
const shown = new Map<string, Record<string, string>>();
const MOST_SHOWN = 1000;

/**
 * Options of `ip -d -j`'s `info_data`, by sysfs name; what this kernel does not show is left out. Bridges that show the same share one
 * object, which nobody changes: a host with hundreds of bridges has mostly one or two.
 */
export function readBridgeOptions(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const read = valuesOf(data);
  const text = JSON.stringify(read);
  const before = shown.get(text);
  if (before !== undefined) return before;
  if (shown.size >= MOST_SHOWN) shown.clear();
  shown.set(text, Object.freeze(read));
  return read;
}

function valuesOf(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const read: Record<string, string> = {};
  const unsettled = notItsOwn(data);
  for (const { name, key } of bridgeOptions.values()) {
    if (unsettled.includes(name)) continue;
    const value = data[key];
    if (name === 'group_fwd_mask') {
      if (typeof value === 'string') read[name] = `0x${Number.parseInt(value.replace(/^0x/, ''), 16).toString(16)}`;
    } else if (typeof value === 'number' || typeof value === 'string') read[name] = String(value);
  }
  return read;
}

/**
 * Timers that a bridge with spanning tree does not show as they were set: below another root it shows the root's, and while a
 * change is announced it ages faster.
 */
function notItsOwn(data: Readonly<Record<string, unknown>>): string[] {
  const belowRoot = typeof data['root_port'] === 'number' && data['root_port'] !== 0;
  return [
    ...(belowRoot ? ['forward_delay', 'hello_time', 'max_age'] : []),
    ...(data['topology_change'] === 1 ? ['ageing_time'] : []),
  ];
}
