/** How a device has its addresses, as an attachment says it: what a network that comes there has to go on with. Pure. */
import { type AttachmentChange, autoconfPossible, type Ipv6Method, inSubnet, ipv4Mask } from '@patchbay/model';
import { type AddressReport, type HostReport, type LinkReport, MAIN_TABLE, type RouteReport } from '@patchbay/protocol';

const none = { method: 'none', address: null, netmask: null, gateway: null } as const;

/**
 * Whoever gave an address that ends, from now on our own client or the kernel asks for the next one.
 * @param routed whether the network has the default route, and with it a gateway of IPv6
 */
export function presentIp(
  report: HostReport,
  device: LinkReport,
  routed: boolean,
): Required<Pick<AttachmentChange, 'ip' | 'properties'>> {
  const of = (family: 4 | 6) => device.addresses.filter((one) => one.family === family && isGlobal(one));
  const [four, six] = [of(4), of(6)];
  const [route4, route6] = [defaultRoute(report, device, 4), defaultRoute(report, device, 6)];
  const own4 = mainOf(four, route4);
  const own6 = mainOf(six.filter(isPermanent), route6);
  // A leased address comes later than others, and the host would speak by them; one without a subnet is often here today and there
  // tomorrow, by another program's will.
  const keeps = own4 !== undefined && isPermanent(own4);
  const more = four.filter(
    (one) => keeps && one !== own4 && isPermanent(one) && one.peer === undefined && one.prefix < 32,
  );
  const ipv4 =
    own4 === undefined || isPermanent(own4) ? fixed(own4, route4, true) : { ...none, method: 'dhcp' as const };
  const ipv6 = own6 === undefined ? { ...none, method: dynamic(six, report.kernel) } : fixed(own6, route6, routed);
  return {
    ip: { ipv4: [ipv4], ipv6: [ipv6] },
    properties: more.length === 0 ? {} : { ipv4_addrs: more.map(withPrefix).join(',') },
  };
}

export const withPrefix = ({ address, prefix }: AddressReport) => `${address}/${prefix}`;

/** An address that other machines use. */
export function isGlobal({ scope, dadFailed }: AddressReport): boolean {
  return scope === 'global' && !dadFailed;
}

export function isPermanent({ origin, validFor }: AddressReport): boolean {
  return origin === 'static' && validFor === null;
}

function defaultRoute({ routes }: HostReport, device: LinkReport, family: 4 | 6): RouteReport | undefined {
  return routes.find(
    (one) =>
      one.family === family && one.table === MAIN_TABLE && one.destination === 'default' && one.device === device.name,
  );
}

/** Of several addresses the one that the default route is for: by its source, else by its gateway. */
function mainOf(addresses: readonly AddressReport[], route: RouteReport | undefined): AddressReport | undefined {
  const gateway = route?.gateway ?? null;
  return (
    addresses.find(({ address }) => address === route?.source) ??
    addresses.find(({ address, prefix }) => gateway !== null && inSubnet(gateway, address, prefix)) ??
    addresses[0]
  );
}

function fixed(own: AddressReport | undefined, route: RouteReport | undefined, routed: boolean) {
  if (own === undefined) return none;
  const gateway = routed ? (route?.gateway ?? null) : null;
  const netmask = own.family === 4 ? ipv4Mask(own.prefix) : String(own.prefix);
  return { method: 'static' as const, address: own.address, netmask, gateway };
}

/** The kernel makes addresses of advertised prefixes; one by itself is of a lease. */
function dynamic(addresses: readonly AddressReport[], kernel: string): Ipv6Method {
  const leased = addresses.some(({ prefix }) => prefix === 128);
  const learned = autoconfPossible(kernel) && addresses.some(({ prefix }) => prefix < 128);
  if (learned) return leased ? 'poly_dhcp_autoconf' : 'autoconf';
  return leased ? 'dhcp' : 'none';
}
