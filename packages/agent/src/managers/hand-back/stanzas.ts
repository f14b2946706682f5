/**
 * Stanzas of ifupdown (interfaces(5)) that make the same devices again, by `ip` alone: so they need none of the packages that
 * bonds, VLANs and bridges would need there. Pure.
 */
import { BOND_MODES, bondOptions } from '../../observe/bond-options.ts';
import { bridgeOptions } from '../../observe/bridge-options.ts';
import { HANDED_BACK } from '../ifupdown.ts';
import type { HandedHost, HandedLink, HandedRoute, HandedRule } from './handed-host.ts';
import type { Written } from './written.ts';

export function stanzas({ links }: HandedHost): Written {
  const lacking = links.flatMap(lackingIn);
  if (lacking.length > 0) return { ok: false, lacking };
  const ordered = [...links].sort((a, b) => height(a) - height(b));
  const text = `# Written by Patchbay when it handed this host back.\n${ordered.map((link) => stanzaOf(link, links)).join('\n')}`;
  return {
    ok: true,
    files: [{ path: HANDED_BACK, text, mode: 0o644 }],
    devices: links.map(({ name, kind }) => ({ name, profile: null, made: kind !== 'nic' })),
  };
}

/** What carries comes before what is carried: at boot they come up in this order. */
const height = ({ kind }: HandedLink): number => ['nic', 'bond', 'vlan', 'bridge'].indexOf(kind);

function lackingIn({ name, ipv4, ipv6 }: HandedLink): string[] {
  const leased = ipv4.method === 'dhcp' || ipv6.method === 'dhcp';
  return leased
    ? [
        `${name} has its address by DHCP: ifupdown starts a client at the next boot, and until then nobody would renew the lease. Give it a static address first.`,
      ]
    : [];
}

function stanzaOf(link: HandedLink, links: readonly HandedLink[]): string {
  const ports = links.filter(({ master }) => master?.name === link.name);
  const lines = [
    ...making(link),
    `pre-up ip link set dev ${link.name} mtu ${link.mtu}`,
    ...ports.flatMap((port) => plugging(link, port)),
    `up ip link set dev ${link.name} up`,
    ...link.ipv4.addresses.map((address) => `up ip address replace ${address} broadcast + dev ${link.name}`),
    ...ipv6Lines(link),
    ...link.routes.map((route) => `up ${routeWords(link.name, route)}`),
    // One that is there already is no reason to fail.
    ...link.rules.map((rule) => `up ${ruleWords('add', rule)} || true`),
    ...link.rules.map((rule) => `down ${ruleWords('del', rule)} || true`),
    `down ip address flush dev ${link.name} scope global || true`,
    ...(link.kind === 'nic' ? [] : [`post-down ip link del dev ${link.name} || true`]),
    ...(link.nameservers.length === 0 ? [] : [`dns-nameservers ${link.nameservers.join(' ')}`]),
  ];
  return [`auto ${link.name}`, `iface ${link.name} inet manual`, ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/** One that is there already stays as it is: `ifup` must not fail on a host that has not been restarted. */
function making({ name, kind, mac, base, vlan, bond, bridge }: HandedLink): string[] {
  const address = mac === null ? '' : ` address ${mac}`;
  const unless = `[ -e /sys/class/net/${name} ] ||`;
  if (kind === 'vlan') return [`pre-up ${unless} ip link add link ${base} name ${name} type vlan id ${vlan}`];
  if (bond !== null) {
    const { mode = '0', primary: _, ...others } = bond;
    const options = Object.entries(others).map(
      ([option, value]) => `${bondOptions.get(option)?.keyword ?? option} ${value}`,
    );
    return [
      `pre-up ${unless} ip link add name ${name}${address} type bond mode ${BOND_MODES[Number(mode)]} ${options.join(' ')}`.trimEnd(),
    ];
  }
  if (bridge !== null) {
    const options = Object.entries(bridge.options).map(
      ([option, value]) => `${bridgeOptions.get(option)?.keyword ?? option} ${value}`,
    );
    const all = [`stp_state ${bridge.stp ? 1 : 0}`, ...options].join(' ');
    return [`pre-up ${unless} ip link add name ${name}${address} type bridge ${all}`];
  }
  return [];
}

function plugging(master: HandedLink, port: HandedLink): string[] {
  const isPort = `[ -e /sys/class/net/${port.name}/master ] ||`;
  if (master.kind === 'bridge') return [`up ${isPort} ip link set dev ${port.name} master ${master.name}`];
  const primary =
    master.bond?.['primary'] === port.name ? [`up ip link set dev ${master.name} type bond primary ${port.name}`] : [];
  return [
    `pre-up ${isPort} ip link set dev ${port.name} down`,
    `pre-up ${isPort} ip link set dev ${port.name} master ${master.name}`,
    `up ip link set dev ${port.name} up`,
    ...primary,
  ];
}

function ipv6Lines({ name, ipv6 }: HandedLink): string[] {
  const set = (key: string, value: number) => `up echo ${value} >/proc/sys/net/ipv6/conf/${name}/${key}`;
  if (ipv6.method === 'none') return [`${set('disable_ipv6', 1)} || true`];
  return [
    set('accept_ra', ipv6.method === 'autoconf' ? 2 : 0),
    set('disable_ipv6', 0),
    ...ipv6.addresses.map((address) => `up ip address replace ${address} dev ${name}`),
  ];
}

function routeWords(device: string, { destination, gateway, table, onlink }: HandedRoute): string {
  return [
    `ip route replace ${destination}`,
    gateway === null ? '' : `via ${gateway}`,
    `dev ${device}`,
    table === null ? '' : `table ${table}`,
    onlink ? 'onlink' : '',
  ]
    .filter((word) => word !== '')
    .join(' ');
}

function ruleWords(verb: 'add' | 'del', { family, priority, from, to, table }: HandedRule): string {
  const ends = [from === null ? '' : `from ${from} `, to === null ? '' : `to ${to} `].join('');
  return `ip -${family} rule ${verb} priority ${priority} ${ends}lookup ${table}`;
}
