/** Which steps of a plan only follow a lease: an address that came, changed or went, and what hangs on it. Pure. */
import type { HostConfig, KernelOp } from '@patchbay/protocol';
import type { KernelState } from '../kernel.ts';
import { subnetOf } from '../plan/ip-address.ts';

/**
 * Leases come and go between transactions. Nothing but what follows from them may be changed then: all other differences
 * are another hand's, to be reported and not repaired.
 * @param ops plan from the state to the config
 */
export function leaseOps(state: KernelState, config: HostConfig, ops: readonly KernelOp[]): KernelOp[] {
  const devices = new Set(state.dhcp.map(({ device }) => device));
  if (devices.size === 0) return [];
  const subnets = new Set(state.dhcp.flatMap(({ address }) => subnetOfLease(address)));
  const leasedResolver = Object.values(config.networks).some(
    ({ defaultRoute, nameservers, ipv4 }) => defaultRoute && nameservers === null && ipv4.method === 'dhcp',
  );
  const expires = (device: string, address: string): boolean =>
    state.links.some(
      ({ name, addresses }) =>
        name === device && addresses.some((one) => one.address === address && one.validFor !== null),
    );
  return ops.filter((op) => {
    switch (op.kind) {
      case 'addr.add':
        return op.validFor !== null && devices.has(op.device);
      case 'addr.del':
        return devices.has(op.device) && expires(op.device, op.address);
      case 'route.replace':
      case 'route.del':
        return op.device !== null && devices.has(op.device);
      case 'rule.add':
        return subnets.has(op.from ?? op.to ?? '');
      case 'rule.del':
        return true;
      case 'sysctl.set':
        // Source routing, which a lease's gateway brings, needs a loose reverse-path filter.
        return [...devices].some((device) => op.key === `net/ipv4/conf/${device}/rp_filter`);
      case 'dns.set':
        return leasedResolver;
      default:
        return false;
    }
  });
}

function subnetOfLease(address: string | null): string[] {
  const [host, prefix] = (address ?? '').split('/');
  return host === undefined || prefix === undefined ? [] : [subnetOf(host, Number(prefix))];
}
