/** `patchbay attach HOST NETWORK NIC` and `patchbay detach HOST NETWORK`. */
import type { ApiObject } from '@patchbay/client';
import type { Command } from 'commander';
import { asked, type ChangeOptions, takesChange, tellChange, transaction, untilBoot } from '../change.ts';
import { UsageError } from '../exit.ts';
import { findAttachment, findHost } from '../find.ts';
import { addressWithPrefix, pair } from '../numbers.ts';
import { signedIn } from '../session.ts';

type Ip = Pick<ApiObject<'ip'>, 'address' | 'netmask'>;

interface AttachOptions extends ChangeOptions {
  dhcp?: boolean;
  address?: Ip;
  gateway?: string;
  ipv6Dhcp?: boolean;
  ipv6Autoconf?: boolean;
  ipv6Address?: Ip;
  ipv6Gateway?: string;
  property: { name: string; value: string }[];
}

export function attach(program: Command): void {
  const attaching = program
    .command('attach')
    .argument('<host>')
    .argument('<network>')
    .argument('<nic>', 'a nic or a bond')
    .description('put a network on a nic')
    .option('--dhcp', 'an IPv4 address by DHCP')
    .option('--address <address/prefix>', 'a static IPv4 address', addressWithPrefix)
    .option('--gateway <address>', 'the IPv4 gateway, with --address')
    .option('--ipv6-dhcp', 'an IPv6 address by DHCP')
    .option('--ipv6-autoconf', 'IPv6 addresses by router advertisements')
    .option('--ipv6-address <address/prefix>', 'a static IPv6 address', addressWithPrefix)
    .option('--ipv6-gateway <address>', 'the IPv6 gateway, with --ipv6-address')
    .option('--property <name=value>', 'a custom property, may be given again', pair, []);
  takesChange(attaching).action(async (name: string, network: string, nic: string, options: AttachOptions) => {
    const addresses = [...ipv4(options), ...ipv6(options)];
    const wanted: ApiObject<'network_attachment'> = {
      network: { name: network },
      host_nic: { name: nic },
      ...(addresses.length > 0 ? { ip_address_assignments: addresses } : {}),
      ...(options.property.length > 0 ? { properties: options.property } : {}),
    };
    process.exitCode = await signedIn(async (api) => {
      const host = await findHost(api, name);
      const query = { ...asked(options), ...transaction(options) };
      const answer = await api.hosts.id(host.id).networkAttachments.add(wanted, query);
      return tellChange(
        host.name,
        options,
        answer,
        `${network} is on ${nic} of ${host.name}.${untilBoot(host.name, options)}`,
      );
    });
  });

  const detaching = program
    .command('detach')
    .argument('<host>')
    .argument('<network>')
    .description('take a network off a host');
  takesChange(detaching).action(async (name: string, network: string, options: ChangeOptions) => {
    process.exitCode = await signedIn(async (api) => {
      const host = await findHost(api, name);
      const { id } = await findAttachment(api, host, network);
      const query = { ...asked(options), ...transaction(options) };
      const answer = await api.hosts.id(host.id).networkAttachments.id(id).remove(query);
      return tellChange(host.name, options, answer, `${network} is off ${host.name}.${untilBoot(host.name, options)}`);
    });
  });
}

type Assignments = ApiObject<'ip_address_assignment'>[];

function ipv4({ dhcp, address, gateway }: AttachOptions): Assignments {
  return assignments('v4', [dhcp && 'dhcp', address && 'static'], address, gateway, '--dhcp and --address');
}

function ipv6({ ipv6Dhcp, ipv6Autoconf, ipv6Address, ipv6Gateway }: AttachOptions): Assignments {
  const ways = [ipv6Dhcp && 'dhcp', ipv6Autoconf && 'autoconf', ipv6Address && 'static'] as const;
  return assignments('v6', ways, ipv6Address, ipv6Gateway, '--ipv6-dhcp, --ipv6-autoconf and --ipv6-address');
}

/** @throws UsageError when there are two ways to one address, or a gateway without an address */
function assignments(
  version: 'v4' | 'v6',
  ways: readonly ('dhcp' | 'autoconf' | 'static' | false | undefined)[],
  address: Ip | undefined,
  gateway: string | undefined,
  said: string,
): Assignments {
  const [method, another] = ways.filter((way) => way !== undefined && way !== false);
  if (another !== undefined) throw new UsageError(`Only one of ${said} can be.`);
  if (gateway !== undefined && method !== 'static') throw new UsageError('A gateway needs an address beside it.');
  if (method === undefined) return [];
  return [{ assignment_method: method, ip: { ...address, ...(gateway === undefined ? {} : { gateway }), version } }];
}
