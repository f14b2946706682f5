/** What a comparison of the kernel in memory with a real one looks at. For tests on a lab host. */
import { type KernelState, kernelAlone } from '@patchbay/agent';
import type { HostConfig } from '@patchbay/protocol';

export const kernel = kernelAlone();

/** What both must agree on. Left out is what takes time, or what only a real kernel has. */
export function shown(state: Pick<KernelState, 'links' | 'routes' | 'rules'>): unknown {
  // Members of a balancing bond keep their own MACs and swap them as they please; what stands on them follows.
  const balancing = state.links.filter(({ bond }) => ['5', '6'].includes(bond?.options['mode'] ?? ''));
  const slaves = new Set(balancing.flatMap(({ bond }) => bond?.slaves ?? []));
  const onSlaves = state.links.filter(({ base }) => base !== null && slaves.has(base)).map(({ name }) => name);
  const swaps = new Set([...slaves, ...onSlaves]);
  const links = state.links.map((link) => ({
    name: link.name,
    kind: link.kind,
    // The kernel draws one where the model does not know any.
    mac: link.mac?.startsWith('02:00') && !swaps.has(link.name) ? link.mac : 'any',
    mtu: link.mtu,
    adminUp: link.adminUp,
    master: link.master,
    base: link.base,
    vlan: link.vlan,
    alias: link.alias,
    group: link.group,
    ipv6Disabled: link.ipv6Disabled,
    shaping: link.shaping ?? null,
    bond: link.bond === null ? null : { options: link.bond.options, slaves: link.bond.slaves },
    // Below the root of a spanning tree, a bridge shows the root's timers.
    bridge: link.bridge === null ? null : { stp: link.bridge.stp, snooping: link.bridge.options['multicast_snooping'] },
    addresses: link.addresses
      .filter(({ origin }) => origin !== 'kernel')
      .map(({ address, prefix }) => `${address}/${prefix}`)
      .sort(),
  }));
  const routes = state.routes
    .filter(({ protocol }) => protocol !== 'ra')
    .map(({ family, table, destination, gateway, device, protocol }) =>
      [family, table, destination, gateway, device, protocol].join(' '),
    );
  return { links: links.sort((a, b) => (a.name < b.name ? -1 : 1)), routes: routes.sort(), rules: state.rules.length };
}

/** Without eth0, by which a lab host is reached, and without DHCP clients and name servers, which are not part of a kernel. */
export function local(config: HostConfig): HostConfig {
  const bonds = Object.fromEntries(Object.entries(config.bonds).filter(([, { slaves }]) => !slaves.includes('eth0')));
  const networks = Object.entries(config.networks).flatMap(([name, network]) => {
    const { base, ipv4, ipv6 } = network;
    if (base === 'eth0' || (base?.startsWith('bond') && bonds[base] === undefined)) return [];
    const asks6 = ipv6.method === 'dhcp' || ipv6.method === 'poly_dhcp_autoconf';
    return [
      [
        name,
        {
          ...network,
          ipv4: ipv4.method === 'dhcp' ? { method: 'none' as const } : ipv4,
          ipv6: asks6 ? { method: 'autoconf' as const } : ipv6,
          nameservers: null,
        },
      ] as const,
    ];
  });
  return { bonds, networks: Object.fromEntries(networks) };
}
