/** One pass over everything that Patchbay cares about in a kernel: two program starts, however many links there are. */
import { readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import type { DhcpReport, LinkReport } from '@patchbay/protocol';
import { run } from '../execute/spawn.ts';
import type { KernelState } from '../kernel.ts';
import { addDeviceSettings } from './device-settings.ts';
import { parseLinks } from './links.ts';
import { parseNameservers } from './resolv-conf.ts';
import { parseRoutes, parseRules } from './routes.ts';

/** What the DHCP clients hold. */
export interface DhcpTable {
  current(): DhcpReport[];
}

/** Milliseconds for a whole dump; seconds are only reached on a host that swaps. */
const LIMIT = 30_000;
/** The kernel says when a dump was torn by a change; so many times it is read again. */
const TORN = 5;

/** @throws when the kernel cannot be read */
export async function observe(
  dhcp: DhcpTable,
  resolvConf = '/etc/resolv.conf',
  environment: Record<string, string> = {},
): Promise<KernelState> {
  const [[addresses = '', routes = '', rules4 = ''], [rules6 = ''], resolver, bootId] = await Promise.all([
    query(['-d', '-j', '-batch', '-'], ['addr show', 'route show table all', 'rule show'], environment),
    // The family of rules is chosen per program, not per line.
    query(['-6', '-d', '-j', '-batch', '-'], ['rule show'], environment),
    readFile(resolvConf, 'utf8').catch(() => ''),
    readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
  ]);
  const links = parseLinks(addresses);
  if (links.length === 0) throw new Error(`No links could be read: ip printed ${addresses.slice(0, 200)}`);
  addDeviceSettings(links);
  const leases = dhcp.current();
  markLeases(links, leases);
  return {
    bootId: bootId.trim(),
    hostName: hostname(),
    kernel: release(),
    links,
    routes: parseRoutes(routes),
    rules: [...parseRules(rules4, 4), ...parseRules(rules6, 6)],
    nameservers: parseNameservers(resolver),
    dhcp: leases,
  };
}

/** One answer per line: iproute2 prints each as one line of JSON. */
async function query(args: string[], lines: string[], environment: Record<string, string>): Promise<string[]> {
  for (let round = 1; ; round++) {
    const { status, stdout, stderr } = await run('ip', args, {
      input: `${lines.join('\n')}\n`,
      limit: LIMIT,
      environment,
    });
    if (/interrupted/.test(stderr) && round < TORN) continue;
    if (status === 0) return stdout.split('\n');
    throw new Error(`ip ${args.join(' ')}: ${stderr.trim() || `status ${status}`}`);
  }
}

function markLeases(links: readonly LinkReport[], leases: readonly DhcpReport[]): void {
  const leased = new Set(leases.map(({ device, address }) => `${device} ${address?.split('/')[0]}`));
  for (const { name, addresses } of links) {
    for (const one of addresses) if (leased.has(`${name} ${one.address}`)) one.origin = 'dhcp';
  }
}
