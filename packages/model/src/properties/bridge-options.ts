/** The custom property `bridge_opts`: `key=value` pairs with blanks between them, one per sysfs file of the bridge. */

/** Bridge options an operator may set, with the values each takes. `stp_state` is left out: the network says it. */
const options: Readonly<Record<string, RegExp>> = {
  ageing_time: /^\d+$/,
  default_pvid: /^\d+$/,
  forward_delay: /^\d+$/,
  group_addr: /^([0-9a-fA-F]{1,2}:){5}[0-9a-fA-F]{1,2}$/,
  group_fwd_mask: /^(0x[0-9a-fA-F]{1,4}|\d{1,5})$/,
  hash_elasticity: /^\d+$/,
  hash_max: /^\d+$/,
  hello_time: /^\d+$/,
  max_age: /^\d+$/,
  multicast_igmp_version: /^[23]$/,
  multicast_last_member_count: /^\d+$/,
  multicast_last_member_interval: /^\d+$/,
  multicast_membership_interval: /^\d+$/,
  multicast_mld_version: /^[12]$/,
  multicast_querier: /^[01]$/,
  multicast_querier_interval: /^\d+$/,
  multicast_query_interval: /^\d+$/,
  multicast_query_response_interval: /^\d+$/,
  multicast_query_use_ifaddr: /^[01]$/,
  multicast_router: /^[0-2]$/,
  multicast_snooping: /^[01]$/,
  multicast_startup_query_count: /^\d+$/,
  multicast_startup_query_interval: /^\d+$/,
  multicast_stats_enabled: /^[01]$/,
  nf_call_arptables: /^[01]$/,
  nf_call_ip6tables: /^[01]$/,
  nf_call_iptables: /^[01]$/,
  no_linklocal_learn: /^[01]$/,
  priority: /^\d{1,5}$/,
  vlan_filtering: /^[01]$/,
  vlan_protocol: /^0x(8100|88a8|88A8)$/,
  vlan_stats_enabled: /^[01]$/,
  vlan_stats_per_port: /^[01]$/,
};

const pairs = (text: string): [string, string][] =>
  text
    .split(/\s+/)
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    });

/** Option name to value; the text must have passed {@link bridgeOptionsProblem}. */
export function bridgeOptions(text: string | undefined): Record<string, string> {
  return Object.fromEntries(pairs(text ?? ''));
}

/** What is wrong with a `bridge_opts` text, in words; null when nothing is. */
export function bridgeOptionsProblem(text: string): string | null {
  const given = pairs(text);
  if (given.length === 0) return 'must name at least one key=value';
  for (const [name, value] of given) {
    const pattern = Object.hasOwn(options, name) ? options[name] : undefined;
    if (!pattern) return `names "${name}", which is not a bridge option`;
    if (!pattern.test(value)) return `gives "${name}" the value "${value}", which it cannot take`;
  }
  const twice = given.find(([name], index) => given.findIndex(([other]) => other === name) !== index);
  return twice ? `names "${twice[0]}" twice` : null;
}
