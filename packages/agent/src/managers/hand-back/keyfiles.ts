/** Profiles of NetworkManager, as nm-settings-keyfile(5) has them. Pure. */
import { createHash } from 'node:crypto';
import type { HandedDevice, ManagerFile } from '@patchbay/protocol';
import { BOND_MODES } from '../../observe/bond-options.ts';
import { PROFILE_PREFIX } from '../network-manager.ts';
import type { HandedHost, HandedIp, HandedLink, HandedRule } from './handed-host.ts';
import type { Written } from './written.ts';

type Section = [name: string, lines: (string | null)[]];

/** @param seed what makes the profiles of this hand-back others than those of any other */
export function keyfiles({ links }: HandedHost, seed: string): Written {
  const lacking = links.flatMap(lackingIn);
  if (lacking.length > 0) return { ok: false, lacking };
  const files: ManagerFile[] = links.map((link) => ({
    path: `/etc/NetworkManager/system-connections/${PROFILE_PREFIX}${link.name}.nmconnection`,
    text: textOf(sectionsOf(link, links, seed)),
    // It refuses to read what others could.
    mode: 0o600,
  }));
  const devices: HandedDevice[] = links.map(({ name, kind }) => ({
    name,
    profile: uuidOf(seed, name),
    made: kind !== 'nic',
  }));
  return { ok: true, files, devices };
}

function sectionsOf(link: HandedLink, links: readonly HandedLink[], seed: string): Section[] {
  const { name, kind, master } = link;
  const isMaster = kind === 'bond' || kind === 'bridge';
  const type = kind === 'nic' ? 'ethernet' : kind;
  const connection: Section = [
    'connection',
    [
      `id=${PROFILE_PREFIX}${name}`,
      `uuid=${uuidOf(seed, name)}`,
      `type=${type}`,
      `interface-name=${name}`,
      // Before the profiles that the device had, which stay.
      'autoconnect-priority=100',
      isMaster ? 'autoconnect-slaves=1' : null,
      master === null
        ? null
        : `master=${links.some((one) => one.name === master.name) ? uuidOf(seed, master.name) : master.name}`,
      master === null ? null : `slave-type=${master.kind}`,
    ],
  ];
  return [connection, ...deviceSections(link), ...(master === null ? ipSections(link) : [])];
}

function deviceSections(link: HandedLink): Section[] {
  const { kind, mac, mtu, bond, bridge, base, vlan } = link;
  const ethernet: Section = [
    'ethernet',
    [kind === 'bond' && mac !== null ? `cloned-mac-address=${mac}` : null, `mtu=${mtu}`],
  ];
  if (bond !== null) return [['bond', Object.entries(bond).map(([name, value]) => bondLine(name, value))], ethernet];
  if (kind === 'vlan') return [['vlan', [`id=${vlan}`, `parent=${base}`]], ethernet];
  if (bridge === null) return [ethernet];
  const options = Object.entries(bridge.options).map(([name, value]) => bridgeLine(name, value));
  return [['bridge', [mac === null ? null : `mac-address=${mac}`, `stp=${bridge.stp}`, ...options]], ethernet];
}

function bondLine(name: string, value: string): string {
  return name === 'mode' ? `mode=${BOND_MODES[Number(value)]}` : `${name}=${value}`;
}

/** How a bridge option is called there, and in which unit: hundredths of a second in the kernel are often seconds. */
const bridgeWords: Readonly<Record<string, readonly [word: string, unit?: 'seconds' | 'switch']>> = {
  forward_delay: ['forward-delay', 'seconds'],
  hello_time: ['hello-time', 'seconds'],
  max_age: ['max-age', 'seconds'],
  ageing_time: ['ageing-time', 'seconds'],
  priority: ['priority'],
  vlan_filtering: ['vlan-filtering', 'switch'],
  group_fwd_mask: ['group-forward-mask'],
  multicast_snooping: ['multicast-snooping', 'switch'],
  multicast_query_use_ifaddr: ['multicast-query-use-ifaddr', 'switch'],
  multicast_querier: ['multicast-querier', 'switch'],
  hash_max: ['multicast-hash-max'],
  multicast_last_member_count: ['multicast-last-member-count'],
  multicast_startup_query_count: ['multicast-startup-query-count'],
  multicast_last_member_interval: ['multicast-last-member-interval'],
  multicast_membership_interval: ['multicast-membership-interval'],
  multicast_querier_interval: ['multicast-querier-interval'],
  multicast_query_interval: ['multicast-query-interval'],
  multicast_query_response_interval: ['multicast-query-response-interval'],
  multicast_startup_query_interval: ['multicast-startup-query-interval'],
};
const routerWords: Readonly<Record<string, string>> = { '0': 'disabled', '1': 'auto', '2': 'enabled' };

function bridgeLine(name: string, value: string): string {
  if (name === 'multicast_router') return `multicast-router=${routerWords[value]}`;
  const [word, unit] = bridgeWords[name] ?? [name];
  if (unit === 'switch') return `${word}=${value !== '0'}`;
  return `${word}=${unit === 'seconds' ? Number(value) / 100 : Number(value)}`;
}

function lackingIn({ name, bridge, bond }: HandedLink): string[] {
  const options = Object.entries(bridge?.options ?? {}).flatMap(([option, value]) => {
    const known = option === 'multicast_router' ? value in routerWords : option in bridgeWords;
    const whole = bridgeWords[option]?.[1] !== 'seconds' || Number(value) % 100 === 0;
    return known && whole ? [] : [`NetworkManager cannot be told ${option}=${value} of bridge ${name}.`];
  });
  const bonds = Object.keys(bond ?? {}).flatMap((option) =>
    option === 'arp_missed_max' || option === 'lacp_active'
      ? [`NetworkManager cannot be told ${option} of bond ${name}.`]
      : [],
  );
  return [...options, ...bonds];
}

function ipSections(link: HandedLink): Section[] {
  return [
    ['ipv4', [`method=${method4(link.ipv4)}`, ...ipLines(link, 4, link.ipv4), ...dhcpLines(link)]],
    ['ipv6', [`method=${method6(link.ipv6)}`, ...ipLines(link, 6, link.ipv6), 'addr-gen-mode=0']],
  ];
}

const method4 = ({ method }: HandedIp): string =>
  ({ none: 'disabled', static: 'manual', dhcp: 'auto', autoconf: 'auto' })[method];
const method6 = ({ method }: HandedIp): string =>
  ({ none: 'disabled', static: 'manual', dhcp: 'auto', autoconf: 'auto' })[method];

function ipLines(link: HandedLink, family: 4 | 6, ip: HandedIp): (string | null)[] {
  if (ip.method === 'none') return [];
  const routes = link.routes.filter((route) => route.family === family);
  const rules = link.rules.filter((rule) => rule.family === family);
  const servers = link.nameservers.filter((server) => server.includes(':') === (family === 6));
  return [
    ...ip.addresses.map((address, at) => `address${at + 1}=${address}`),
    ...routes.flatMap(({ destination, gateway, table, onlink }, at) => {
      const options = [table === null ? null : `table=${table}`, onlink ? 'onlink=true' : null].filter(
        (one) => one !== null,
      );
      return [
        `route${at + 1}=${[destination, ...(gateway === null ? [] : [gateway])].join(',')}`,
        options.length === 0 ? null : `route${at + 1}_options=${options.join(',')}`,
      ];
    }),
    ...rules.map((rule, at) => `routing-rule${at + 1}=${ruleWords(rule)}`),
    servers.length === 0 ? null : `dns=${servers.join(';')};`,
    link.defaultRoute ? null : 'never-default=true',
    // An address that is late is no reason to take the device down.
    ip.method === 'static' ? null : 'may-fail=true',
  ];
}

function ruleWords({ family, priority, from, to, table }: HandedRule): string {
  const any = family === 4 ? '0.0.0.0/0' : '::/0';
  const ends = [from === null ? '' : ` from ${from}`, to === null ? '' : ` to ${to}`].join('');
  return `priority ${priority}${ends === '' ? ` from ${any}` : ends} table ${table}`;
}

function dhcpLines({ ipv4, clientId }: HandedLink): (string | null)[] {
  if (ipv4.method !== 'dhcp') return [];
  const id = clientId === null ? 'mac' : (clientId.match(/../g) ?? []).join(':');
  return [`dhcp-client-id=${id}`, 'dhcp-timeout=2147483647'];
}

/** The same for the same host and device. */
function uuidOf(seed: string, name: string): string {
  const hex = createHash('sha256').update(`${seed}/${name}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function textOf(sections: readonly Section[]): string {
  const parts = sections.map(([name, lines]) => [`[${name}]`, ...lines.filter((line) => line !== null), ''].join('\n'));
  return `# Written by Patchbay when it handed this host back.\n${parts.join('\n')}`;
}
