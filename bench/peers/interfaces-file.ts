/** A config as `/etc/network/interfaces`, in the words of ifupdown2. Pure. */
import type { HostConfig } from '@patchbay/protocol';
import { type Device, devicesOf } from './devices.ts';

export function interfacesFile(config: HostConfig): string {
  return ['auto lo\niface lo inet loopback\n', ...devicesOf(config).map(stanza)].join('\n');
}

function stanza({ name, kind, vlan, bond, ports, ipv4, defaultRoute }: Device): string {
  const gateway = ipv4 !== null && defaultRoute ? ipv4.gateway : null;
  const lines = [
    ...(ipv4 === null ? [] : [`address ${ipv4.address}/${ipv4.prefix}`]),
    ...(gateway === null ? [] : [`gateway ${gateway}`]),
    ...(bond === null ? [] : [`bond-slaves ${ports.join(' ')}`]),
    ...Object.entries(bond ?? {}).map(([option, value]) => `bond-${option} ${value}`),
    ...(vlan === null ? [] : [`vlan-id ${vlan.id}`, `vlan-raw-device ${vlan.base}`]),
    // A delay is only waited for where spanning tree is on; its own default would be waited for.
    ...(kind === 'bridge' ? [`bridge-ports ${ports.join(' ') || 'none'}`, 'bridge-stp off', 'bridge-fd 0'] : []),
  ];
  return [`auto ${name}`, `iface ${name}`, ...lines.map((line) => `    ${line}`), ''].join('\n');
}
