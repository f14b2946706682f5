/** The network of a host as a text that is the same where nothing was changed. */
import { plainTables } from './plain-tables.ts';
import type { HostView } from './system.ts';

/**
 * Everything about the network of a host that a change may touch, to be compared: without the numbers that differ from time to time,
 * and without the states that the kernel itself brings up to date up to a second after their cause (RFC 2863, link-local addresses).
 */
export async function kernelText(host: HostView): Promise<string> {
  const links = [...(await host.links()).values()].map((link) => ({
    name: link.ifname,
    kind: link.linkinfo?.info_kind,
    master: link.master,
    base: link.link,
    mtu: link.mtu,
    mac: link.address,
    alias: link.ifalias,
    up: link.flags.includes('UP'),
    vlan: link.linkinfo?.info_data?.id,
    mode: link.linkinfo?.info_data?.mode,
    miimon: link.linkinfo?.info_data?.miimon,
    addresses: link.addr_info.filter((a) => a.scope === 'global').map((a) => `${a.local}/${a.prefixlen}`),
  }));
  // Link-local routes come and go by the kernel's own duplicate detection.
  const routes = (JSON.parse(await host.exec('ip', '-j', 'route', 'show', 'table', 'all')) as Record<string, unknown>[])
    .filter(({ dst }) => !/^(fe80|ff00|ff02)/.test(String(dst)))
    .map(({ dst, gateway, dev, table, protocol, type }) => ({ dst, gateway, dev, table, protocol, type }));
  const rules = (JSON.parse(await host.exec('ip', '-j', 'rule')) as Record<string, unknown>[]).map(
    ({ priority, src, dst, table }) => ({ priority, src, dst, table }),
  );
  const ordered = (items: object[]) => items.map((item) => JSON.stringify(item)).sort();
  return plainTables(JSON.stringify([ordered(links), ordered(routes), ordered(rules)], null, 1));
}
