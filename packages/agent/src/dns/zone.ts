/** Zones of link-local name servers. Pure. */

/**
 * A server in the form in which a device has it: that a link-local one is reached by the device itself goes without saying there. With
 * any other zone, and without one, it stays as it is.
 * @param zones that stand for the device, its name or its index
 */
export function withoutZone(server: string, ...zones: readonly string[]): string {
  const [part, zone = ''] = /%([^#]+)/.exec(server) ?? [];
  return part !== undefined && zones.includes(zone) ? server.replace(part, '') : server;
}
