/** What not every host has. */
import type { NetworkConfig } from '@patchbay/protocol';
import type { KernelState } from '../../kernel.ts';
import { type Finding, problem } from './finding.ts';

export function supportProblem({ capabilities }: KernelState, name: string, { ipv4, ipv6 }: NetworkConfig): Finding {
  if (capabilities === undefined) return null;
  if (ipv6.method !== 'none' && !capabilities.ipv6) {
    return problem('ERR_UNSUPPORTED', `Network ${name}: the kernel of this host has no IPv6; take it off the network.`);
  }
  if (ipv4.method === 'dhcp' && !capabilities.dhcp4) {
    return problem(
      'ERR_UNSUPPORTED',
      `Network ${name}: DHCP needs udhcpc, which this host lacks; install busybox, or give the network a static address.`,
    );
  }
  if ((ipv6.method === 'dhcp' || ipv6.method === 'poly_dhcp_autoconf') && !capabilities.dhcp6) {
    return problem(
      'ERR_UNSUPPORTED',
      `Network ${name}: DHCPv6 needs dhcp6.mjs, which is missing beside the agent of this host; install the agent anew.`,
    );
  }
  return null;
}
