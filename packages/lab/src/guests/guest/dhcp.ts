import { spawn } from 'node:child_process';
import { subnet } from './addresses.ts';
import { eachLine } from './lines.ts';

/**
 * One dnsmasq on the untagged network and on each VLAN: addresses .100 to .199 of its /24, router and DNS server .1,
 * leases of two minutes (its shortest). Resolves when it has
 * said its ranges, by when it listens. Without dnsmasq the lab has no DHCP.
 */
export function startDhcp(vlans: readonly number[], onLine: (line: string) => void): Promise<void> {
  const segments = [0, ...vlans].flatMap((vlan) => [
    `--interface=${vlan === 0 ? 'br0' : `br0.${vlan}`}`,
    `--dhcp-range=set:v${vlan},${subnet(vlan)}.100,${subnet(vlan)}.199,255.255.255.0,2m`,
    `--dhcp-option=tag:v${vlan},option:router,${subnet(vlan)}.1`,
    `--dhcp-option=tag:v${vlan},option:dns-server,${subnet(vlan)}.1`,
  ]);
  const child = spawn(
    'dnsmasq',
    [
      '--keep-in-foreground',
      '--log-facility=-',
      '--conf-file=/dev/null',
      '--port=0',
      '--user=root',
      '--pid-file=',
      '--bind-interfaces',
      '--no-ping',
      '--dhcp-authoritative',
      '--dhcp-leasefile=/run/lab/leases',
      ...segments,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return new Promise((resolve) => {
    let missing = 1 + vlans.length;
    eachLine(child.stderr, (line) => {
      onLine(line);
      if (line.includes('IP range') && --missing === 0) resolve();
    });
    child.once('error', (error) => {
      onLine(error.message);
      resolve();
    });
    child.once('exit', () => resolve());
  });
}
