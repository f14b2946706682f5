/** A config as profiles of NetworkManager, in the words of nm-settings-keyfile(5). Pure. */
import { createHash } from 'node:crypto';
import type { HostConfig } from '@patchbay/protocol';
import { type Device, devicesOf } from './devices.ts';

export interface Profile {
  readonly uuid: string;
  readonly device: Device;
  readonly text: string;
}

/** One of each device. A profile that says something else is another one, so that both can be known at once. */
export function profilesOf(config: HostConfig): Profile[] {
  return devicesOf(config).map((device) => {
    const body = bodyOf(device);
    const uuid = uuidOf(body);
    return { uuid, device, text: `[connection]\nid=${device.name}-${uuid.slice(0, 8)}\nuuid=${uuid}\n${body}` };
  });
}

function bodyOf({ name, kind, master, vlan, bond, ipv4, defaultRoute }: Device): string {
  const lines = [
    `type=${kind === 'nic' ? 'ethernet' : kind}`,
    `interface-name=${name}`,
    ...(master === null ? [] : [`master=${master.name}`, `slave-type=${master.kind}`]),
    ...(bond === null ? [] : ['[bond]', ...Object.entries(bond).map(([option, value]) => `${option}=${value}`)]),
    ...(vlan === null ? [] : ['[vlan]', `id=${vlan.id}`, `parent=${vlan.base}`]),
    ...(kind === 'bridge' ? ['[bridge]', 'stp=false'] : []),
  ];
  if (master === null) {
    const gateway = ipv4 !== null && defaultRoute && ipv4.gateway !== null ? `,${ipv4.gateway}` : '';
    lines.push('[ipv4]');
    lines.push(
      ...(ipv4 === null ? ['method=disabled'] : ['method=manual', `address1=${ipv4.address}/${ipv4.prefix}${gateway}`]),
    );
    lines.push('[ipv6]', 'method=disabled');
  }
  return `${lines.join('\n')}\n`;
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
