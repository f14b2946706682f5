/** Bonding options and the values and modes the kernel takes them in (kernel `bond_options.c` by behaviour). */
import { isIpv4 } from '../address/ipv4.ts';
import { bondModes } from './modes.ts';

interface BondOptionFacts {
  /** Names whose index is the kernel's number for them. */
  names?: readonly string[];
  /** Inclusive bounds of a plain number. */
  range?: readonly [number, number];
  /** Any other check; the text is in canonical form. */
  matches?: (value: string) => boolean;
  /** Says what is accepted, for messages. */
  accepts: string;
  /** Modes in which the kernel accepts the option; all when absent. */
  modes?: readonly number[];
}

const named = (...names: string[]): BondOptionFacts => ({
  names,
  accepts: names.map((name, number) => `${number} or ${name}`).join(', '),
});
const number = (low: number, high: number): BondOptionFacts => ({ range: [low, high], accepts: `${low} to ${high}` });
const milliseconds: BondOptionFacts = { range: [0, 2147483647], accepts: 'milliseconds' };
const mac = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/;

export const bondOptionTable: Readonly<Record<string, BondOptionFacts>> = {
  mode: named(...bondModes),
  miimon: milliseconds,
  updelay: milliseconds,
  downdelay: milliseconds,
  use_carrier: named('off', 'on'),
  arp_interval: { ...milliseconds, modes: [0, 1, 2, 3] },
  arp_ip_target: {
    matches: (value) => value === '' || (value.split(',').length <= 16 && value.split(',').every(isIpv4)),
    accepts: 'up to 16 IPv4 addresses with commas between them',
    modes: [0, 1, 2, 3],
  },
  arp_validate: {
    ...named('none', 'active', 'backup', 'all', 'filter', 'filter_active', 'filter_backup'),
    modes: [0, 1, 2, 3],
  },
  arp_all_targets: { ...named('any', 'all'), modes: [0, 1, 2, 3] },
  arp_missed_max: { ...number(1, 255), modes: [0, 1, 2, 3] },
  primary: { matches: (value) => /^\S*$/.test(value), accepts: 'the name of a slave', modes: [1, 5, 6] },
  primary_reselect: { ...named('always', 'better', 'failure'), modes: [1, 5, 6] },
  fail_over_mac: { ...named('none', 'active', 'follow'), modes: [1] },
  num_grat_arp: number(0, 255),
  peer_notif_delay: milliseconds,
  resend_igmp: number(0, 255),
  all_slaves_active: named('dropped', 'delivered'),
  lacp_rate: { ...named('slow', 'fast'), modes: [4] },
  lacp_active: { ...named('off', 'on'), modes: [4] },
  ad_select: { ...named('stable', 'bandwidth', 'count'), modes: [4] },
  ad_actor_sys_prio: { ...number(1, 65535), modes: [4] },
  ad_user_port_key: { ...number(0, 1023), modes: [4] },
  ad_actor_system: {
    matches: (value) => mac.test(value) && (Number.parseInt(value.slice(0, 2), 16) & 1) === 0,
    accepts: 'a MAC address of a single station',
    modes: [4],
  },
  min_links: { ...number(0, 2147483647), modes: [4] },
  xmit_hash_policy: {
    ...named('layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'),
    modes: [2, 4, 5],
  },
  packets_per_slave: { ...number(0, 65535), modes: [0] },
  lp_interval: { ...number(1, 2147483647), modes: [5, 6] },
  tlb_dynamic_lb: { ...named('off', 'on'), modes: [5, 6] },
};
