/**
 * Which steps of a plan may be done between transactions by whoever keeps addresses up. Pure. Leases and router advertisements come
 * and go; everything else that differs is another hand's, to be reported, and repaired where that is allowed.
 */
import type { HostConfig, KernelOp, NetworkConfig } from '@patchbay/protocol';
import { isForOthers } from '../execute/runs.ts';
import type { KernelState } from '../kernel.ts';
import { isOurRoute, readAlias } from '../observe/ownership.ts';

/**
 * The steps that only follow what servers and routers said: an address that came, changed or went, and what hangs on it. A change
 * is complete without them, for nobody knows when they will come.
 * @param ops plan from the state to the config
 */
export function heardOps(state: KernelState, config: HostConfig, ops: readonly KernelOp[]): KernelOp[] {
  const heard = isHeard(state, config);
  return ops.filter(heard);
}

/**
 * The steps, without those that only follow where none of the others is for the kernel: servers may say one thing after the other for as
 * long as they like, and to see to that is for whoever keeps addresses up.
 * @param ops plan from the state to the config
 */
export function mustBeDone(state: KernelState, config: HostConfig, ops: readonly KernelOp[]): KernelOp[] {
  const heard = isHeard(state, config);
  const others = ops.filter((op) => !heard(op));
  return others.every(isForOthers) ? others : [...ops];
}

/** Whether a step only follows what servers and routers said; asked of many steps from one state to one config. */
export function isHeard(state: KernelState, config: HostConfig): (op: KernelOp) => boolean {
  const devices = new Map(dynamicDevices(state, config));
  if (devices.size === 0) return () => false;
  const tables = new Set([...devices.values()].map(({ table }) => table));
  const lent = (device: string, address: string): boolean =>
    state.links.some(
      ({ name, addresses }) =>
        name === device &&
        addresses.some((one) => one.address === address && (one.validFor !== null || one.origin === 'dhcp')),
    );
  return (op) => {
    switch (op.kind) {
      case 'addr.add':
        return devices.has(op.device) && isLent(state, op);
      case 'addr.del':
        return devices.has(op.device) && lent(op.device, op.address);
      case 'route.replace':
        return devices.get(op.device)?.families.has(op.family) === true;
      case 'route.del':
        return (
          op.device !== null && devices.get(op.device)?.families.has(op.family) === true && isOurs(state, op, 'ra')
        );
      case 'rule.add':
      case 'rule.del':
        return tables.has(op.table);
      case 'dns.set':
        return hasLentResolver(config);
      default:
        return false;
    }
  };
}

/** The same, and what a program that resolves names was told and has forgotten, because it was started anew; a file forgets nothing. */
export function keptOps(state: KernelState, config: HostConfig, ops: readonly KernelOp[]): KernelOp[] {
  const heard = isHeard(state, config);
  return ops.filter((op) => heard(op) || (op.kind === 'dns.set' && op.device !== undefined));
}

/** @param also protocol of routes that are to be gone as well: one may have been heard of a moment before nobody was to listen */
function isOurs(state: KernelState, op: Extract<KernelOp, { kind: 'route.del' }>, also?: string): boolean {
  return state.routes.some(
    (route) =>
      (isOurRoute(route) || route.protocol === also) &&
      route.family === op.family &&
      route.table === op.table &&
      route.destination === op.destination &&
      route.device === op.device &&
      route.gateway === op.gateway,
  );
}

/** An address that a server promised; one that the kernel is still to prove has no end yet. */
function isLent(
  { dhcp }: KernelState,
  { address, prefix, validFor }: Extract<KernelOp, { kind: 'addr.add' }>,
): boolean {
  return validFor !== null || dhcp.some((lease) => lease.address === `${address}/${prefix}`);
}

/** Devices whose addresses are lent, with the table of their network and the families of which that is true. */
function dynamicDevices(
  state: KernelState,
  config: HostConfig,
): [device: string, { table: number | null; families: Set<4 | 6> }][] {
  return state.links.flatMap(({ name, alias }) => {
    const mark = readAlias(alias);
    const network = mark === null || mark.table === null ? undefined : config.networks[mark.holder ?? mark.name ?? ''];
    if (mark === null || network === undefined) return [];
    const families = lentFamilies(network);
    return families.size === 0 ? [] : [[name, { table: mark.table, families }]];
  });
}

/** Families in which a network is given its addresses. */
export function lentFamilies({ ipv4, ipv6 }: NetworkConfig): Set<4 | 6> {
  const families = new Set<4 | 6>();
  if (ipv4.method === 'dhcp') families.add(4);
  if (ipv6.method !== 'none' && ipv6.method !== 'static') families.add(6);
  return families;
}

function hasLentResolver({ networks }: HostConfig): boolean {
  return Object.values(networks).some(
    (network) => network.defaultRoute && network.nameservers === null && lentFamilies(network).size > 0,
  );
}
