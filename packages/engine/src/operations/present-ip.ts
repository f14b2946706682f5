/** How a device has its addresses, as an attachment says it: what a network that comes there has to go on with. Pure. */
import { autoconfPossible, type IpAssignment, type IpAssignments, inSubnet } from '@patchbay/model';
import type { AddressReport, HostReport, LinkReport, RouteReport } from '@patchbay/protocol';

const mainTable = 254;
const none = { method: 'none', address: null, netmask: null, gateway: null } as const;

/**
 * Whoever gave an address that ends, from now on our own client or the kernel asks for the next one.
 * @param routed whether the network has the default route, and with it a gateway of IPv6
 */
export function presentIp(report: HostReport, device: LinkReport, routed: boolean): IpAssignments {
  const of = (family: 4 | 6) => device.addresses.filter((one) => one.family === family && isAny(one));
  const [four, six] = [of(4), of(6)];
  const route = (family: 4 | 6) => defaultRoute(report, device, family);
  return {
    ipv4: [fixed(four, route(4), true) ?? { ...none, method: four.length > 0 ? 'dhcp' : 'none' }],
    ipv6: [fixed(six, route(6), routed) ?? { ...none, method: dynamic(six, report.kernel) }],
  };
}

/** An address that other machines use. */
export function isAny({ scope, dadFailed }: AddressReport): boolean {
  return scope === 'global' && !dadFailed;
}

export function isPermanent({ origin, validFor }: AddressReport): boolean {
  return origin === 'static' && validFor === null;
}

function defaultRoute({ routes }: HostReport, device: LinkReport, family: 4 | 6): RouteReport | undefined {
  return routes.find(
    (one) =>
      one.family === family && one.table === mainTable && one.destination === 'default' && one.device === device.name,
  );
}

/** Of several addresses the one that the default route is for: by its source, else by its gateway. */
function fixed(
  addresses: readonly AddressReport[],
  route: RouteReport | undefined,
  routed: boolean,
): IpAssignment<'static'> | null {
  const permanent = addresses.filter(isPermanent);
  const gateway = route?.gateway ?? null;
  const own =
    permanent.find(({ address }) => address === route?.source) ??
    permanent.find(({ address, prefix }) => gateway !== null && inSubnet(gateway, address, prefix)) ??
    permanent[0];
  if (own === undefined) return null;
  return { method: 'static', address: own.address, netmask: String(own.prefix), gateway: routed ? gateway : null };
}

/** The kernel makes addresses of advertised prefixes; one by itself is of a lease. */
function dynamic(addresses: readonly AddressReport[], kernel: string) {
  const leased = addresses.some(({ prefix }) => prefix === 128);
  const learned = autoconfPossible(kernel) && addresses.some(({ prefix }) => prefix < 128);
  if (learned) return leased ? 'poly_dhcp_autoconf' : 'autoconf';
  return leased ? 'dhcp' : 'none';
}
