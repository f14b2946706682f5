/**
 * The options of the Linux bonding driver: how sysfs, `ip` and its JSON call them, what they are by default, and in which
 * state of the bond the kernel lets them change.
 * Source: Documentation/networking/bonding.rst and drivers/net/bonding/bond_options.c of Linux, checked on 6.1.
 */

export const BOND_MODES = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

export interface BondOption {
  /** Name in sysfs, in {@link HostConfig} and in reports. */
  name: string;
  /** Keyword of `ip link … type bond`. */
  keyword: string;
  /** Key in `ip -d -j`. */
  key: string;
  /** Names of the values; the index is the value's number. Absent where the value is a number, a device or addresses. */
  names?: readonly string[];
  default: string;
  /** Modes that know the option. */
  modes: readonly number[];
  /** What the kernel asks for before it lets the option change on a bond that stands. */
  needs: 'nothing' | 'down' | 'no-slaves';
}

const ALL = [0, 1, 2, 3, 4, 5, 6];
const ARP = [0, 1, 2, 3];
const PRIMARY = [1, 5, 6];
const offOn = ['off', 'on'];

function option(
  name: string,
  fallback: string,
  modes: readonly number[],
  more: Partial<Pick<BondOption, 'keyword' | 'key' | 'names' | 'needs'>> = {},
): BondOption {
  return { name, keyword: name, key: name, default: fallback, modes, needs: 'nothing', ...more };
}

const options: readonly BondOption[] = [
  option('miimon', '0', ALL),
  option('updelay', '0', ALL),
  option('downdelay', '0', ALL),
  option('peer_notif_delay', '0', ALL, { keyword: 'peer_notify_delay', key: 'peer_notify_delay' }),
  option('use_carrier', '1', ALL),
  option('arp_interval', '0', ARP),
  option('arp_ip_target', '', ARP),
  option('arp_missed_max', '2', ARP),
  option('arp_validate', 'none', ARP, {
    names: ['none', 'active', 'backup', 'all', 'filter', 'filter_active', 'filter_backup'],
  }),
  option('arp_all_targets', 'any', ARP, { names: ['any', 'all'] }),
  option('primary', '', PRIMARY),
  option('primary_reselect', 'always', PRIMARY, { names: ['always', 'better', 'failure'] }),
  option('fail_over_mac', 'none', [1], { names: ['none', 'active', 'follow'], needs: 'no-slaves' }),
  option('xmit_hash_policy', 'layer2', [2, 4, 5], {
    names: ['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'],
  }),
  option('resend_igmp', '1', ALL),
  option('num_grat_arp', '1', ALL, { key: 'num_peer_notif' }),
  option('all_slaves_active', '0', ALL),
  option('min_links', '0', ALL),
  option('lp_interval', '1', ALL),
  option('packets_per_slave', '1', [0], { needs: 'down' }),
  option('lacp_active', 'on', [4], { key: 'ad_lacp_active', names: offOn, needs: 'down' }),
  option('lacp_rate', 'slow', [4], { key: 'ad_lacp_rate', names: ['slow', 'fast'], needs: 'down' }),
  option('ad_select', 'stable', [4], { names: ['stable', 'bandwidth', 'count'], needs: 'down' }),
  option('ad_actor_sys_prio', '65535', [4], { needs: 'down' }),
  option('ad_user_port_key', '0', [4], { needs: 'down' }),
  option('ad_actor_system', '00:00:00:00:00:00', [4], { needs: 'down' }),
  option('tlb_dynamic_lb', '1', [5, 6], { needs: 'down' }),
];

export const bondOptions: ReadonlyMap<string, BondOption> = new Map(options.map((entry) => [entry.name, entry]));

/** Shown by the kernel, never configured; accepted in a config and left out of it. */
const states = new Set(['active_slave', 'custom', 'mii_status', 'queue_id', 'slaves']);
const synonyms: Record<string, string> = { num_unsol_na: 'num_grat_arp', peer_notify_delay: 'peer_notif_delay' };

/** Number of a mode given by number or name; null when there is no such mode. */
export function bondMode(value: string | undefined): number | null {
  const text = value ?? '0';
  const number = /^[0-6]$/.test(text) ? Number(text) : BOND_MODES.indexOf(text as (typeof BOND_MODES)[number]);
  return number >= 0 ? number : null;
}

/** The kernel's own spelling of a value. */
export function bondValue(entry: BondOption, value: string): string {
  if (entry.names !== undefined && /^\d+$/.test(value)) return entry.names[Number(value)] ?? value;
  if (entry.name === 'arp_ip_target') {
    return value
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .join(',');
  }
  if (entry.name === 'ad_actor_system') return value.toLowerCase();
  return value;
}

const number = /^\d{1,10}$/;
const shapes: Record<string, RegExp> = {
  arp_ip_target: /^(\d{1,3}(\.\d{1,3}){3}(,\d{1,3}(\.\d{1,3}){3}){0,15})?$/,
  primary: /^([A-Za-z0-9_][A-Za-z0-9_.@-]{0,14})?$/,
  ad_actor_system: /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/,
};

/**
 * Every option that a bond of this configuration shall show: what is named, and the kernel's defaults for the rest.
 * Without any link monitor, `miimon` becomes 100 ms, because a bond without one never fails over.
 * @returns the options, or a sentence about the first that cannot be
 */
export function wholeBondOptions(named: Readonly<Record<string, string>>): Record<string, string> | { error: string } {
  const mode = bondMode(named['mode']);
  if (mode === null) return { error: `there is no bonding mode ${named['mode']}` };
  const whole: Record<string, string> = { mode: String(mode) };
  for (const entry of options) if (entry.modes.includes(mode)) whole[entry.name] = entry.default;
  for (const [given, value] of Object.entries(named)) {
    const name = synonyms[given] ?? given;
    if (name === 'mode' || states.has(name)) continue;
    const entry = bondOptions.get(name);
    if (entry === undefined) return { error: `${given} is not a bonding option` };
    const spelt = bondValue(entry, value);
    const legal = entry.names === undefined ? (shapes[name] ?? number).test(spelt) : entry.names.includes(spelt);
    if (!legal) {
      const choice = entry.names === undefined ? '' : `; it is one of ${entry.names.join(', ')}`;
      return { error: `${given}=${value} is not a value of this option${choice}` };
    }
    if (!entry.modes.includes(mode)) {
      if (spelt === entry.default) continue;
      return { error: `${given} has no meaning in mode ${BOND_MODES[mode]}` };
    }
    whole[name] = spelt;
  }
  return withMonitor(whole);
}

function withMonitor(whole: Record<string, string>): Record<string, string> | { error: string } {
  const miimon = Number(whole['miimon']);
  const byArp = Number(whole['arp_interval'] ?? 0) > 0;
  if (miimon > 0 && byArp) return { error: 'miimon and arp_interval exclude each other' };
  if (miimon === 0 && !byArp) whole['miimon'] = '100';
  for (const delay of ['updelay', 'downdelay']) {
    const value = Number(whole[delay]);
    if (value === 0) continue;
    const monitor = Number(whole['miimon']);
    if (monitor === 0) return { error: `${delay} needs miimon` };
    if (value % monitor !== 0) return { error: `${delay}=${value} is not a multiple of miimon=${monitor}` };
  }
  return whole;
}

/** Options of `ip -d -j`'s `info_data`, by sysfs name; only those that the mode knows. */
export function readBondOptions(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const mode = bondMode(text(data['mode']) ?? '0') ?? 0;
  const read: Record<string, string> = { mode: String(mode) };
  for (const entry of options) {
    if (!entry.modes.includes(mode)) continue;
    const value = data[entry.key];
    // iproute2 6.1 prints null for arp_validate none, and leaves out empty lists and absent devices.
    if (Array.isArray(value)) read[entry.name] = value.map(String).join(',');
    else read[entry.name] = bondValue(entry, text(value) ?? entry.default);
  }
  return read;
}

function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
