/**
 * The options of the Linux bonding driver: how sysfs, `ip` and its JSON call them, and what Linux 6.1 takes. What the kernel at
 * hand takes is in its {@link Offers}.
 * Source: Documentation/networking/bonding.rst and drivers/net/bonding/bond_options.c of Linux.
 */
import { isOffered, spellValues, type Values } from './option-values.ts';

export const BOND_MODES = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;

/** What the bonds of a kernel are, and take. */
export interface BondOffers {
  /** Mode, as a number, to everything that a new bond of it shows. */
  readonly fresh: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Mode to the options that can be set in it. */
  readonly settable: Readonly<Record<string, readonly string[]>>;
  readonly values: Readonly<Record<string, Values>>;
  /** Options that change only while the bond is down, or has no slaves. */
  readonly needs: Readonly<Record<string, 'down' | 'no-slaves'>>;
}

export interface BondOption {
  /** Name in sysfs, in {@link HostConfig} and in reports. */
  name: string;
  /** Keyword of `ip link … type bond`. */
  keyword: string;
  /** Key in `ip -d -j`. */
  key: string;
  /** Most that fits into the kernel's message for it, where it is a number. */
  width: number;
  /** As documented. */
  default: string;
  values: Values;
  /** Modes in which it can be set. */
  modes: readonly number[];
  needs: 'nothing' | 'down' | 'no-slaves';
  /** Shown in these modes alone; elsewhere the kernel keeps it to itself. */
  shown: readonly number[];
}

const ALL = [0, 1, 2, 3, 4, 5, 6];
const ARP = [0, 1, 2, 3];
const LACP = [4];
const [U8, U16, U32] = [0xff, 0xffff, 0xffffffff];
const INT = 0x7fffffff;
const ANY: Values = { any: true };

function option(
  name: string,
  fallback: string,
  values: Values,
  more: Partial<Pick<BondOption, 'keyword' | 'key' | 'width' | 'modes' | 'needs' | 'shown'>> = {},
): BondOption {
  return {
    ...{ name, keyword: name, key: name, width: U32, default: fallback, values },
    ...{ modes: ALL, needs: 'nothing', shown: ALL, ...more },
  };
}
const number = (least: number, most: number): Values => ({ least, most });
const names = (...all: string[]): Values => ({ names: all });

const options: readonly BondOption[] = [
  option('miimon', '0', number(0, INT)),
  option('updelay', '0', number(0, INT)),
  option('downdelay', '0', number(0, INT)),
  option('peer_notif_delay', '0', number(0, 300_000), { keyword: 'peer_notify_delay', key: 'peer_notify_delay' }),
  option('use_carrier', '1', number(0, 1), { width: U8 }),
  option('arp_interval', '0', number(0, INT), { modes: ARP }),
  option('arp_ip_target', '', ANY),
  option('arp_missed_max', '2', number(1, 255), { modes: ARP, width: U8 }),
  option('arp_validate', 'none', names('none', 'active', 'backup', 'all', 'filter', 'filter_active', 'filter_backup'), {
    modes: ARP,
  }),
  option('arp_all_targets', 'any', names('any', 'all')),
  option('primary', '', ANY, { modes: [1, 5, 6] }),
  option('primary_reselect', 'always', names('always', 'better', 'failure')),
  option('fail_over_mac', 'none', names('none', 'active', 'follow'), { needs: 'no-slaves' }),
  option('xmit_hash_policy', 'layer2', names('layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac')),
  option('resend_igmp', '1', number(0, 255)),
  option('num_grat_arp', '1', number(0, 255), { key: 'num_peer_notif', width: U8 }),
  option('all_slaves_active', '0', number(0, 1), { width: U8 }),
  option('min_links', '0', number(0, INT)),
  option('lp_interval', '1', number(1, INT)),
  option('packets_per_slave', '1', number(0, 65535), { modes: [0] }),
  option('lacp_active', 'on', names('off', 'on'), { modes: LACP, key: 'ad_lacp_active', needs: 'down' }),
  option('lacp_rate', 'slow', names('slow', 'fast'), { modes: LACP, key: 'ad_lacp_rate', needs: 'down' }),
  option('ad_select', 'stable', names('stable', 'bandwidth', 'count'), { needs: 'down' }),
  option('ad_actor_sys_prio', '65535', number(1, 65535), { modes: LACP, shown: LACP, width: U16 }),
  option('ad_user_port_key', '0', number(0, 1023), { modes: LACP, shown: LACP, width: U16, needs: 'down' }),
  option('ad_actor_system', '00:00:00:00:00:00', ANY, { modes: LACP, shown: LACP }),
  option('tlb_dynamic_lb', '1', number(0, 1), { modes: [5, 6], width: U8, needs: 'down' }),
];

export const bondOptions: ReadonlyMap<string, BondOption> = new Map(options.map((entry) => [entry.name, entry]));

const byMode = <T>(of: (mode: number) => T): Record<string, T> =>
  Object.fromEntries(ALL.map((mode) => [String(mode), of(mode)]));

export const documentedBond: BondOffers = {
  fresh: byMode((mode) => {
    const shown = options.filter((entry) => entry.shown.includes(mode));
    // Where the protocol needs it, the kernel monitors links by itself.
    const monitored = mode >= 4 ? { miimon: '100' } : {};
    return {
      mode: String(mode),
      ...Object.fromEntries(shown.map((entry) => [entry.name, entry.default])),
      ...monitored,
    };
  }),
  settable: byMode((mode) => options.filter(({ modes }) => modes.includes(mode)).map(({ name }) => name)),
  values: Object.fromEntries(options.map(({ name, values }) => [name, values])),
  needs: Object.fromEntries(options.flatMap(({ name, needs }) => (needs === 'nothing' ? [] : [[name, needs]]))),
};

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
export function bondValue({ name, values }: Pick<BondOption, 'name' | 'values'>, value: string): string {
  if ('names' in values && /^\d+$/.test(value)) return values.names[Number(value)] ?? value;
  if ('least' in values) return switches[value] ?? (/^\d+$/.test(value) ? String(Number(value)) : value);
  if (name === 'arp_ip_target') {
    return value
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .join(',');
  }
  if (name === 'ad_actor_system') return value.toLowerCase();
  return value;
}

/** Sysfs has words for switches that `ip` shows as numbers. */
const switches: Readonly<Record<string, string>> = { off: '0', on: '1', dropped: '0', delivered: '1' };

const ADDRESS = String.raw`(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}`;
const shapes: Readonly<Record<string, { shape: RegExp; takes: string }>> = {
  arp_ip_target: {
    shape: new RegExp(`^(${ADDRESS}(,${ADDRESS}){0,15})?$`),
    takes: 'up to 16 IPv4 addresses with commas between them',
  },
  primary: { shape: /^([A-Za-z0-9_][A-Za-z0-9_.@-]{0,14})?$/, takes: 'the name of a slave' },
  ad_actor_system: {
    shape: /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/,
    takes: 'the MAC address of a single station',
  },
};

/**
 * Every option that a bond of this configuration shall show: what is named, and the kernel's defaults for the rest that can be
 * set in its mode. Without any link monitor, `miimon` becomes 100 ms, because a bond without one never fails over.
 * @returns the options, or a sentence about the first that cannot be, with what can
 */
export function wholeBondOptions(
  { fresh, settable, values }: BondOffers,
  named: Readonly<Record<string, string>>,
): Record<string, string> | { error: string } {
  const mode = bondMode(named['mode']);
  const defaults = fresh[String(mode)];
  if (mode === null || defaults === undefined) {
    const modes = { names: BOND_MODES.filter((_, number) => fresh[String(number)] !== undefined) };
    return { error: `there is no bonding mode ${named['mode']}; it takes ${spellValues(modes)}` };
  }
  const able = settable[String(mode)] ?? [];
  const whole: Record<string, string> = { mode: String(mode) };
  for (const name of able) whole[name] = defaults[name] ?? bondOptions.get(name)?.default ?? '';
  // The default of a mode is a choice of the kernel's; a bond without a monitor is what is to be avoided.
  whole['miimon'] = '0';
  for (const [given, value] of Object.entries(named)) {
    const name = synonyms[given] ?? given;
    if (name === 'mode' || states.has(name)) continue;
    const entry = bondOptions.get(name);
    const offered = values[name];
    if (entry === undefined || offered === undefined) {
      return { error: `${given} is not a bonding option of this kernel, which has ${Object.keys(values).join(', ')}` };
    }
    const spelt = bondValue(entry, value);
    const form = shapes[name];
    if (!(form?.shape.test(spelt) ?? isOffered(offered, spelt))) {
      return { error: `${given}=${value} is no value of this option; it takes ${form?.takes ?? spellValues(offered)}` };
    }
    if (!able.includes(name)) {
      if (spelt === (defaults[name] ?? entry.default)) continue;
      const where = BOND_MODES.filter((_, number) => settable[String(number)]?.includes(name));
      return { error: `${given} cannot be set in mode ${BOND_MODES[mode]}; it can in ${where.join(', ')}` };
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
  for (const delay of ['updelay', 'downdelay', 'peer_notif_delay']) {
    const value = Number(whole[delay] ?? 0);
    if (value === 0) continue;
    const monitor = Number(whole['miimon']);
    if (monitor === 0) return { error: `${delay} needs miimon` };
    if (value % monitor !== 0) return { error: `${delay}=${value} is not a multiple of miimon=${monitor}` };
  }
  return whole;
}

/** Options of `ip -d -j`'s `info_data`, by sysfs name: all that the kernel shows, whether or not they mean anything in the mode. */
export function readBondOptions(data: Readonly<Record<string, unknown>>): Record<string, string> {
  const read: Record<string, string> = { mode: String(bondMode(text(data['mode']) ?? '0') ?? 0) };
  for (const entry of options) {
    const value = data[entry.key];
    if (Array.isArray(value)) read[entry.name] = value.map(String).join(',');
    // iproute2 6.1 prints null for arp_validate none, and leaves out empty lists and absent devices.
    else if (value === null || (value === undefined && entry.default === '')) read[entry.name] = entry.default;
    else if (value !== undefined) read[entry.name] = bondValue(entry, text(value) ?? '');
  }
  return read;
}

function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
