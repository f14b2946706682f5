/** `patchbay attachments HOST` */
import type { ApiObject } from '@patchbay/client';
import type { Command } from 'commander';
import { addressText } from '../address-text.ts';
import { findHost } from '../find.ts';
import { type Cell, print, printJson, table } from '../output.ts';
import { signedIn } from '../session.ts';

type Attachment = ApiObject<'network_attachment'>;

export function attachments(program: Command): void {
  program
    .command('attachments')
    .argument('<host>')
    .description('list the networks of a host, and how they differ from what is wished')
    .option('--json', 'print what the API answers')
    .action(async (name: string, { json }: { json?: boolean }) => {
      const all = await signedIn(async (api) => {
        const host = await findHost(api, name);
        return api.hosts.id(host.id).networkAttachments.list({ follow: ['network', 'host_nic'] });
      });
      if (json) return printJson(all);
      print(...table(['NETWORK', 'NIC', 'VLAN', 'IPV4', 'IPV6', 'IN SYNC', 'DIFFERS'], all.map(row)));
    });
}

function row(one: Attachment): Cell[] {
  const { network, host_nic: nic, in_sync: inSync } = one;
  return [network?.name, nic?.name, network?.vlan?.id, ipText(one, 'v4'), ipText(one, 'v6'), inSync, differs(one)];
}

function ipText({ ip_address_assignments: assignments = [] }: Attachment, version: 'v4' | 'v6'): string {
  return assignments
    .filter(({ ip }) => ip?.version === version)
    .map(({ assignment_method: method, ip }) => addressText(ip) ?? method)
    .join(',');
}

function differs({ reported_configurations: reported = [] }: Attachment): string {
  return reported
    .filter(({ in_sync: inSync }) => inSync === false)
    .map((one) => `${one.name} is ${one.actual_value ?? 'not set'}, not ${one.expected_value ?? 'to be set'}`)
    .join('; ');
}
