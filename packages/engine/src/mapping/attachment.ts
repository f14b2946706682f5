import type { Attachment, IpAssignment } from '@patchbay/model';
import type { ApiObject } from '@patchbay/wire';
import { reference } from './link.ts';
import { qosToWire } from './qos.ts';

/** One compared property: what is wanted, what the host has. */
export interface ReportedConfiguration {
  name: string;
  expected: string | null;
  actual: string | null;
  inSync: boolean;
}

/**
 * @param scope under which address the attachment is shown; both show its real nic
 * @param reported null when the engine has no report of the host
 */
export function attachmentToWire(
  base: string,
  attachment: Attachment,
  reported: readonly ReportedConfiguration[] | null,
  scope: 'host' | 'nic',
): ApiObject<'network_attachment'> {
  const host = reference(base, 'hosts', attachment.hostId);
  const nic = reference(base, `hosts/${attachment.hostId}/nics`, attachment.nicId);
  const properties = Object.entries(attachment.properties).map(([name, value]) => ({ name, value }));
  return {
    href: `${scope === 'host' ? host.href : nic.href}/networkattachments/${attachment.id}`,
    id: attachment.id,
    ...(attachment.nameservers === null
      ? {}
      : { dns_resolver_configuration: { name_servers: attachment.nameservers } }),
    ...(reported === null ? {} : { in_sync: reported.every((r) => r.inSync) }),
    ip_address_assignments: [assignmentToWire(attachment.ipv4, 'v4'), assignmentToWire(attachment.ipv6, 'v6')],
    ...(properties.length === 0 ? {} : { properties }),
    ...(reported === null
      ? {}
      : {
          reported_configurations: reported.map(({ name, expected, actual, inSync }) => ({
            ...(actual === null ? {} : { actual_value: actual }),
            ...(expected === null ? {} : { expected_value: expected }),
            in_sync: inSync,
            name,
          })),
        }),
    ...(attachment.qos === null ? {} : { qos: qosToWire(attachment.qos) }),
    ...(scope === 'host' ? { host } : {}),
    host_nic: nic,
    network: reference(base, 'networks', attachment.networkId),
  };
}

export function assignmentToWire(ip: IpAssignment<string>, version: 'v4' | 'v6') {
  const known = { address: ip.address, gateway: ip.gateway, netmask: ip.netmask };
  const given = Object.entries(known).filter((pair): pair is [string, string] => pair[1] !== null);
  return {
    assignment_method: (ip.method ?? 'none') as 'none' | 'static' | 'dhcp' | 'autoconf' | 'poly_dhcp_autoconf',
    ip: { ...Object.fromEntries(given), version },
  };
}
