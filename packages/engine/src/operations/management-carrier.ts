/** Where the management network of a new host goes: to the nic or bond by which the host has its default route. Pure. */
import type { Network } from '@patchbay/model';
import { type HostReport, type LinkReport, MAIN_TABLE } from '@patchbay/protocol';
import { isGlobal } from './present-ip.ts';

export interface ManagementCarrier {
  /** Nic or bond that carries the network. */
  nic: string;
  /** Device that has the default route, and with it the addresses: the nic, a VLAN device on it, or the network's own bridge. */
  device: LinkReport;
}

/** @returns the carrier, or in sentences why there is none and what can be done about it */
export function managementCarrier(
  { links, routes }: HostReport,
  host: string,
  network: Pick<Network, 'name' | 'vdsmName' | 'vlan' | 'vm'>,
): ManagementCarrier | string {
  const named = new Map(links.map((link) => [link.name, link]));
  const defaults = routes.filter(({ table, destination }) => table === MAIN_TABLE && destination === 'default');
  const route = defaults.find(({ family }) => family === 4) ?? defaults[0];
  const byHand = `${deactivate(host)}, and attach network ${network.name} to a nic.`;
  if (route === undefined) {
    return `Host ${host} has no default route in its main routing table, which would show the nic of its management network. ${byHand}`;
  }
  const device = named.get(route.device ?? '');
  if (device === undefined) {
    return `The default route of host ${host} has several ways, and the management network goes on one nic. ${byHand}`;
  }
  const ports = links.filter(({ master, kind }) => master === device.name && kind !== 'other');
  if (!device.addresses.some((one) => one.family === route.family && isGlobal(one))) {
    return `The default route of host ${host} is on ${spoken(device)}, which has no address to go with it. ${byHand}`;
  }
  const [port, ...others] = device.kind === 'bridge' ? ports : [device];
  const where = `The default route of host ${host} is on ${spoken(device)}`;
  if (port === undefined || others.length > 0) {
    const what = port === undefined ? 'no nic, bond or VLAN' : ports.map(({ name }) => name).join(' and ');
    return `${where} with ${what} in it, and the management network is on one. Leave one in it, then activate the host.`;
  }
  if (port.kind === 'vlan' && port.vlan === null) {
    return `${where}, with a tag of another protocol than 802.1Q, which networks do not have. ${byHand}`;
  }
  const carrier = port.kind === 'vlan' ? named.get(port.base ?? '') : port;
  if (carrier?.kind !== 'nic' && carrier?.kind !== 'bond') {
    return `${where}, which is on no nic or bond. ${byHand}`;
  }
  if (port.vlan !== network.vlan) {
    return `${where}, with ${tag(port.vlan)} on ${carrier.name}, and network ${network.name} has ${tag(network.vlan)}. Give the network ${tag(port.vlan)} and activate the host, or remove the host and let it join a cluster whose management network has it.`;
  }
  if (device.kind === 'bridge' && !network.vm) {
    return `${where}, and network ${network.name} has no bridge. Make it a VM network and activate the host.`;
  }
  if (device.kind === 'bridge' && device.name !== network.vdsmName) {
    return `${where}, and the bridge of network ${network.name} is ${network.vdsmName}. As long as no host has the network, rename it to ${device.name} and activate the host; else remove the host and let it join a cluster whose management network is called so, or call the bridge ${network.vdsmName} on the host and activate it.`;
  }
  return { nic: carrier.name, device };
}

/** A host in maintenance takes changes, and joins no further by itself. */
const deactivate = (host: string) => `Put host ${host} into maintenance`;

const tag = (vlan: number | null) => (vlan === null ? 'no VLAN' : `VLAN ${vlan}`);

function spoken({ name, kind, type }: LinkReport): string {
  if (kind === 'other') return type === undefined ? name : `${name} (${type})`;
  return kind === 'vlan' ? `VLAN device ${name}` : `${kind} ${name}`;
}
