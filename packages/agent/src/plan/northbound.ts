/** The device that holds a network's addresses, and which one that is for the engine's connection after a change. */
import type { HostConfig, NetworkConfig } from '@patchbay/protocol';
import { canonical } from '../ip-address.ts';
import type { KernelState } from '../kernel.ts';

/** @param state says what an existing VLAN device is called; @returns null for a network without anything below it */
export function northbound(state: KernelState, name: string, { base, vlan, bridged }: NetworkConfig): string | null {
  if (bridged || base === null) return bridged ? name : null;
  if (vlan === null) return base;
  const existing = state.links.find((link) => link.kind === 'vlan' && link.base === base && link.vlan === vlan);
  return existing?.name ?? `${base}.${vlan}`;
}

/**
 * @param way device and address of the engine's connection before the change
 * @param running config before the change
 * @param config config after it
 * @returns device on which the engine is to be reached: of the same network, else of the one that takes over the address or the device
 */
export function northboundAfter(
  state: KernelState,
  way: { device: string; local: string },
  running: HostConfig,
  config: HostConfig,
): string {
  const networks = Object.entries(config.networks);
  const before = Object.entries(running.networks).find(([name, one]) => northbound(state, name, one) === way.device);
  const bondOf = Object.entries(config.bonds).find(([, { slaves }]) => slaves.includes(way.device))?.[0];
  const heir =
    networks.find(([name]) => name === before?.[0]) ??
    networks.find(([, { ipv4, ipv6 }]) =>
      [ipv4, ipv6].some((ip) => ip.method === 'static' && canonical(ip.address) === canonical(way.local)),
    ) ??
    networks.find(([, { base, vlan }]) => vlan === null && (base === way.device || (base !== null && base === bondOf)));
  return (heir === undefined ? null : northbound(state, ...heir)) ?? bondOf ?? way.device;
}
