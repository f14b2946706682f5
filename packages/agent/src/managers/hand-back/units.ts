/** Files of systemd-networkd, as systemd.netdev(5) and systemd.network(5) have them. Pure. */
import type { ManagerFile } from '@patchbay/protocol';
import { BOND_MODES } from '../../observe/bond-options.ts';
import { KEEPS_MASTER, UNIT_PREFIX } from '../networkd.ts';
import type { HandedHost, HandedLink, HandedRoute } from './handed-host.ts';
import type { Written } from './written.ts';

type Section = [name: string, lines: (string | null)[]];

export function units({ links }: HandedHost): Written {
  const lacking = links.flatMap(lackingIn);
  if (lacking.length > 0) return { ok: false, lacking };
  const files = links.flatMap((link): ManagerFile[] => {
    const path = `/etc/systemd/network/${UNIT_PREFIX}${link.name}`;
    const network = { path: `${path}.network`, text: textOf(networkSections(link, links)), mode: 0o644 };
    const device = { path: `${path}.netdev`, text: textOf(deviceSections(link)), mode: 0o644 };
    if (link.kind !== 'nic') return [device, network];
    return link.master?.kind === 'bond' ? [network, stayingSlave(link.name)] : [network];
  });
  return { ok: true, files, devices: links.map(({ name, kind }) => ({ name, profile: null, made: kind !== 'nic' })) };
}

/**
 * To be told its bond, networkd takes a slave down, also one that is in that bond already (seen with 252). As long as this boot lasts it
 * finds the slave where it belongs, and is told to leave it there; at the next it makes the bond itself.
 */
function stayingSlave(name: string): ManagerFile {
  const text = `# Written by Patchbay when it handed this host back: ${name} is in its bond already, and networkd would take it down
# to put it there once more. Gone with the next boot. When ${name} leaves its bond before that, to another or because the
# device goes and comes back, remove this file and have networkd read its files again.
[Network]
KeepMaster=yes
`;
  return { path: `${KEEPS_MASTER(name)}/keep-master.conf`, text, mode: 0o644 };
}

function deviceSections({ name, kind, mac, mtu, vlan, bond, bridge }: HandedLink): Section[] {
  const device: Section = [
    'NetDev',
    [
      `Name=${name}`,
      `Kind=${kind}`,
      mac === null ? null : `MACAddress=${mac}`,
      kind === 'bond' ? null : `MTUBytes=${mtu}`,
    ],
  ];
  if (kind === 'vlan') return [device, ['VLAN', [`Id=${vlan}`]]];
  if (bond !== null) {
    const options = Object.entries(bond).filter(([option]) => option !== 'primary');
    return [device, ['Bond', options.map(([option, value]) => bondLine(option, value))]];
  }
  if (bridge === null) return [device];
  const options = Object.entries(bridge.options).map(([option, value]) => bridgeLine(option, value));
  return [device, ['Bridge', [`STP=${bridge.stp ? 'yes' : 'no'}`, ...options]]];
}

const milliseconds = (value: string) => `${value}ms`;
const plain = (value: string) => value;
const yesOrNo = (value: string) => (value === '0' || value === 'off' ? 'no' : 'yes');
const hundredths = (value: string) => `${Number(value) * 10}ms`;

/** How a bonding option is called there, and how its values are spelt. */
const bondWords: Readonly<Record<string, readonly [word: string, spell: (value: string) => string]>> = {
  mode: ['Mode', (value) => BOND_MODES[Number(value)] ?? value],
  miimon: ['MIIMonitorSec', milliseconds],
  updelay: ['UpDelaySec', milliseconds],
  downdelay: ['DownDelaySec', milliseconds],
  arp_interval: ['ARPIntervalSec', milliseconds],
  arp_ip_target: ['ARPIPTargets', (value) => value.replaceAll(',', ' ')],
  arp_validate: ['ARPValidate', plain],
  arp_all_targets: ['ARPAllTargets', plain],
  primary_reselect: ['PrimaryReselectPolicy', plain],
  fail_over_mac: ['FailOverMACPolicy', plain],
  xmit_hash_policy: ['TransmitHashPolicy', plain],
  resend_igmp: ['ResendIGMP', plain],
  num_grat_arp: ['GratuitousARP', plain],
  all_slaves_active: ['AllSlavesActive', yesOrNo],
  min_links: ['MinLinks', plain],
  lp_interval: ['LearnPacketIntervalSec', (value) => `${value}s`],
  packets_per_slave: ['PacketsPerSlave', plain],
  lacp_rate: ['LACPTransmitRate', plain],
  ad_select: ['AdSelect', plain],
  ad_actor_sys_prio: ['AdActorSystemPriority', plain],
  ad_user_port_key: ['AdUserPortKey', plain],
  ad_actor_system: ['AdActorSystem', plain],
  tlb_dynamic_lb: ['DynamicTransmitLoadBalancing', yesOrNo],
};

const bridgeWords: Readonly<Record<string, readonly [word: string, spell: (value: string) => string]>> = {
  forward_delay: ['ForwardDelaySec', hundredths],
  hello_time: ['HelloTimeSec', hundredths],
  max_age: ['MaxAgeSec', hundredths],
  ageing_time: ['AgeingTimeSec', hundredths],
  priority: ['Priority', plain],
  vlan_filtering: ['VLANFiltering', yesOrNo],
  group_fwd_mask: ['GroupForwardMask', (value) => String(Number(value))],
  multicast_snooping: ['MulticastSnooping', yesOrNo],
  multicast_querier: ['MulticastQuerier', yesOrNo],
  multicast_igmp_version: ['MulticastIGMPVersion', plain],
};

function bondLine(option: string, value: string): string {
  const [word, spell] = bondWords[option] ?? [option, plain];
  return `${word}=${spell(value)}`;
}

function bridgeLine(option: string, value: string): string {
  const [word, spell] = bridgeWords[option] ?? [option, plain];
  return `${word}=${spell(value)}`;
}

function lackingIn({ name, bond, bridge, clientId, ipv4 }: HandedLink): string[] {
  const unknown = (options: Readonly<Record<string, string>> | undefined, words: object, what: string) =>
    Object.keys(options ?? {}).flatMap((option) =>
      option in words || option === 'primary' ? [] : [`systemd-networkd cannot be told ${option} of ${what} ${name}.`],
    );
  return [
    ...unknown(bond ?? undefined, bondWords, 'bond'),
    ...unknown(bridge?.options, bridgeWords, 'bridge'),
    ...(ipv4.method === 'dhcp' && clientId !== null
      ? [
          `${name} has its lease under the identity ${clientId}, which systemd-networkd cannot send: it would get another address. Give it a static one first.`,
        ]
      : []),
  ];
}

function networkSections(link: HandedLink, links: readonly HandedLink[]): Section[] {
  const { name, kind, mtu, master, routes, rules } = link;
  const vlans = links.filter((one) => one.kind === 'vlan' && one.base === name);
  const primary = links.find((one) => one.name === master?.name)?.bond?.['primary'];
  const network: Section = [
    'Network',
    [
      master === null ? null : `${master.kind === 'bond' ? 'Bond' : 'Bridge'}=${master.name}`,
      primary === name ? 'PrimarySlave=yes' : null,
      ...vlans.map((vlan) => `VLAN=${vlan.name}`),
      ...ipLines(link),
      // A bridge without a port, and what waits for its cable, are set up all the same.
      'ConfigureWithoutCarrier=yes',
      // What stands when it starts is what it is to go on with.
      'KeepConfiguration=yes',
    ],
  ];
  const leased = link.ipv4.method === 'dhcp' || link.ipv4.method === 'autoconf';
  const dhcp: Section[] = leased
    ? [
        [
          'DHCPv4',
          [
            'ClientIdentifier=mac',
            'SendRelease=no',
            link.defaultRoute ? null : 'UseGateway=no',
            link.defaultRoute ? null : 'UseDNS=no',
          ],
        ],
      ]
    : [];
  const advertised: Section[] =
    link.ipv6.method === 'autoconf' || link.ipv6.method === 'dhcp'
      ? [['IPv6AcceptRA', [link.defaultRoute ? null : 'UseGateway=no']]]
      : [];
  return [
    ['Match', [`Name=${name}`]],
    [
      'Link',
      [kind === 'nic' && master !== null ? null : `MTUBytes=${mtu}`, isWaitedFor(link) ? null : 'RequiredForOnline=no'],
    ],
    network,
    ...dhcp,
    ...advertised,
    ...routes.map((route): Section => ['Route', routeLines(route)]),
    ...rules.map(
      ({ family, priority, from, to, table }): Section => [
        'RoutingPolicyRule',
        [
          `Priority=${priority}`,
          from === null ? null : `From=${from}`,
          to === null ? null : `To=${to}`,
          `Table=${table}`,
          `Family=${family === 4 ? 'ipv4' : 'ipv6'}`,
        ],
      ],
    ),
  ];
}

const isWaitedFor = ({ ipv4, ipv6 }: HandedLink): boolean => ipv4.method !== 'none' || ipv6.method !== 'none';

function ipLines({ ipv4, ipv6, nameservers }: HandedLink): string[] {
  const leased4 = ipv4.method === 'dhcp';
  const leased6 = ipv6.method === 'dhcp';
  return [
    ...[...ipv4.addresses, ...ipv6.addresses].map((address) => `Address=${address}`),
    `DHCP=${leased4 && leased6 ? 'yes' : leased4 ? 'ipv4' : leased6 ? 'ipv6' : 'no'}`,
    `IPv6AcceptRA=${ipv6.method === 'autoconf' || leased6 ? 'yes' : 'no'}`,
    `LinkLocalAddressing=${ipv6.method === 'none' ? 'no' : 'ipv6'}`,
    ...nameservers.map((server) => `DNS=${server}`),
  ];
}

function routeLines({ destination, gateway, table, onlink }: HandedRoute): (string | null)[] {
  return [
    `Destination=${destination}`,
    gateway === null ? 'Scope=link' : `Gateway=${gateway}`,
    table === null ? null : `Table=${table}`,
    onlink ? 'GatewayOnLink=yes' : null,
  ];
}

function textOf(sections: readonly Section[]): string {
  const parts = sections.map(([name, lines]) => [`[${name}]`, ...lines.filter((line) => line !== null), ''].join('\n'));
  return `# Written by Patchbay when it handed this host back.\n${parts.join('\n')}`;
}
