/**
 * The options of a Linux bridge that a network may set: how sysfs, `ip` and its JSON call them, and the kernel's defaults.
 * Source: Documentation/networking/bridge.rst and net/bridge/br_sysfs_br.c of Linux, checked on 6.1.
 */
export interface BridgeOption {
  /** Name in sysfs, in {@link HostConfig} and in reports. */
  name: string;
  /** Keyword of `ip link … type bridge`, and key in `ip -d -j`. */
  keyword: string;
  default: string;
}

const table: readonly (readonly [name: string, keyword: string, fallback: string])[] = [
  ['forward_delay', 'forward_delay', '1500'],
  ['hello_time', 'hello_time', '200'],
  ['max_age', 'max_age', '2000'],
  ['ageing_time', 'ageing_time', '30000'],
  ['priority', 'priority', '32768'],
  ['vlan_filtering', 'vlan_filtering', '0'],
  ['group_fwd_mask', 'group_fwd_mask', '0x0'],
  ['no_linklocal_learn', 'no_linklocal_learn', '0'],
  ['multicast_snooping', 'mcast_snooping', '1'],
  ['multicast_router', 'mcast_router', '1'],
  ['multicast_query_use_ifaddr', 'mcast_query_use_ifaddr', '0'],
  ['multicast_querier', 'mcast_querier', '0'],
  ['hash_max', 'mcast_hash_max', '4096'],
  ['multicast_last_member_count', 'mcast_last_member_count', '2'],
  ['multicast_startup_query_count', 'mcast_startup_query_count', '2'],
  ['multicast_last_member_interval', 'mcast_last_member_interval', '100'],
  ['multicast_membership_interval', 'mcast_membership_interval', '26000'],
  ['multicast_querier_interval', 'mcast_querier_interval', '25500'],
  ['multicast_query_interval', 'mcast_query_interval', '12500'],
  ['multicast_query_response_interval', 'mcast_query_response_interval', '1000'],
  ['multicast_startup_query_interval', 'mcast_startup_query_interval', '3125'],
  ['multicast_igmp_version', 'mcast_igmp_version', '2'],
  ['multicast_mld_version', 'mcast_mld_version', '1'],
  ['nf_call_iptables', 'nf_call_iptables', '0'],
  ['nf_call_ip6tables', 'nf_call_ip6tables', '0'],
  ['nf_call_arptables', 'nf_call_arptables', '0'],
];

export const bridgeOptions: ReadonlyMap<string, BridgeOption> = new Map(
  table.map(([name, keyword, fallback]) => [name, { name, keyword, default: fallback }]),
);

/** What a bridge shows that nobody has set anything on. */
export const bridgeDefaults: Readonly<Record<string, string>> = Object.fromEntries(
  table.map(([name, , fallback]) => [name, fallback]),
);

/** iproute2 prints some intervals and counts under a shorter key than the word it takes. */
const keyOf: Record<string, string> = {
  mcast_last_member_count: 'mcast_last_member_cnt',
  mcast_startup_query_count: 'mcast_startup_query_cnt',
  mcast_last_member_interval: 'mcast_last_member_intvl',
  mcast_membership_interval: 'mcast_membership_intvl',
  mcast_querier_interval: 'mcast_querier_intvl',
  mcast_query_interval: 'mcast_query_intvl',
  mcast_query_response_interval: 'mcast_query_response_intvl',
  mcast_startup_query_interval: 'mcast_startup_query_intvl',
};

/**
 * Every option that a bridge of this configuration shall show: what is named, and the kernel's defaults for the rest.
 * @returns the options, or a sentence about the first that cannot be
 */
export function wholeBridgeOptions(
  named: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | { error: string } {
  let whole = bridgeDefaults;
  for (const [name, value] of Object.entries(named)) {
    if (!bridgeOptions.has(name)) return { error: `${name} is not a bridge option` };
    const spelt = bridgeValue(name, value);
    if (spelt === null) return { error: `${name}=${value} is not a number` };
    whole = { ...whole, [name]: spelt };
  }
  return whole;
}

/** The kernel's spelling of a value: decimal, but the forwarding mask in hexadecimal. Null when it is no number. */
function bridgeValue(name: string, value: string): string | null {
  if (!/^(\d{1,10}|0x[0-9a-fA-F]{1,8})$/.test(value)) return null;
  const number = Number(value);
  return name === 'group_fwd_mask' ? `0x${number.toString(16)}` : String(number);
}

/** Options of `ip -d -j`'s `info_data`, by sysfs name; what this kernel does not show is left out. */
export function readBridgeOptions(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const read: Record<string, string> = {};
  const unsettled = notItsOwn(data);
  for (const { name, keyword } of bridgeOptions.values()) {
    if (unsettled.includes(name)) continue;
    const value = data[keyOf[keyword] ?? keyword];
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
