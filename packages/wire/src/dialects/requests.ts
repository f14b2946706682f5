import { type Mistake, mistake, reasons } from '../fault.ts';
import { bootProtocol } from '../types/enums.ts';
import { boolean, flat, oneOf, request, string, struct, type Table } from '../types/field.ts';
import type { Alias, Loose } from '../view/read-type.ts';

/**
 * The older spellings of requests, as differences from the tables: the seed's, from before the 4.x model, and oVirt
 * 3.6's. They are recognised element by element, so one request may mix them; a member given in two spellings is refused.
 * That any text may come as an attribute or as an element is true of all spellings and needs no mention here.
 */

interface OlderIp {
  readonly boot_protocol?: string;
  readonly address?: string;
  readonly netmask?: string;
  readonly gateway?: string;
}

interface OlderFamily {
  readonly boot_protocol?: string;
  readonly ipv4?: readonly OlderIp[];
  readonly ipv6?: readonly OlderIp[];
}

interface OlderConfiguration {
  readonly ipv4s?: OlderFamily;
  readonly ipv6s?: OlderFamily;
}

/**
 * One family of the seed's `ip_configuration` as assignments. The method is that of the address, else the one beside the
 * addresses, else static when there is an address. The method beside no address at all stands for itself.
 */
function assignments(version: 'v4' | 'v6', family: OlderFamily | undefined): unknown[] | Mistake {
  const beside = family?.boot_protocol;
  const addresses = family?.ipv4 ?? family?.ipv6 ?? (beside === undefined ? [] : [{}]);
  const result: unknown[] = [];
  for (const { boot_protocol, address, netmask, gateway } of addresses) {
    const assignment_method = boot_protocol ?? beside ?? (address === undefined ? undefined : 'static');
    if (assignment_method === undefined) {
      return mistake(reasons.incomplete, `an ip${version} without an address needs a boot_protocol`);
    }
    const given = { address, netmask, gateway };
    const ip = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    result.push({ assignment_method, ip: { ...ip, version } });
  }
  return result;
}

function fromIpConfiguration(read: Loose): unknown[] | Mistake {
  const { ipv4s, ipv6s } = read as OlderConfiguration;
  const v4 = assignments('v4', ipv4s);
  const v6 = assignments('v6', ipv6s);
  if (!Array.isArray(v4)) return v4;
  return Array.isArray(v6) ? [...v4, ...v6] : v6;
}

/** Types that only older requests know. */
export const olderTypes = {
  ip_configuration: {
    plural: 'ip_configurations',
    doc: 'Addresses of an attachment by family.',
    fields: { ipv4s: struct('ipv4s', 'IPv4.'), ipv6s: struct('ipv6s', 'IPv6.') },
  },
  ipv4s: {
    plural: 'ipv4s',
    doc: 'IPv4 addresses.',
    fields: {
      boot_protocol: oneOf(bootProtocol, 'For addresses without one.'),
      ipv4: request(flat('older_ip', 'One.')),
    },
  },
  ipv6s: {
    plural: 'ipv6s',
    doc: 'IPv6 addresses.',
    fields: {
      boot_protocol: oneOf(bootProtocol, 'For addresses without one.'),
      ipv6: request(flat('older_ip', 'One.')),
    },
  },
  older_ip: {
    plural: 'older_ips',
    doc: 'An address and how it is assigned.',
    fields: {
      address: string('The address.'),
      boot_protocol: oneOf(bootProtocol, 'How it is assigned.'),
      gateway: string('The gateway.'),
      netmask: string('The mask, or the prefix length of IPv6.'),
      primary: boolean('Without effect.'),
    },
  },
} as const satisfies Record<string, Table>;

/** Other names of members, by type. */
export const aliases: Readonly<Record<string, Readonly<Record<string, Alias>>>> = {
  action: {
    bonds: { of: 'modified_bonds' },
    network_attachments: { of: 'modified_network_attachments', wrapperMayBeItem: true },
  },
  host_nic: { link_aggregation: { of: 'bonding' }, labels: { of: 'network_labels' } },
  network: { labels: { of: 'network_labels' } },
  network_attachment: {
    ip_configuration: {
      of: 'ip_address_assignments',
      shape: { as: struct('ip_configuration', 'Addresses by family.'), become: fromIpConfiguration },
    },
  },
};

/** Other element names of types. */
export const typeAliases: Readonly<Record<string, readonly string[]>> = { network_label: ['label'] };

/** What is left to do when all members of an object are read. */
export const settle: Readonly<Record<string, (read: Loose) => Mistake | undefined>> = {
  /** The seed names the kernel module among the options; there is only one, so it says nothing. */
  bonding(read) {
    if (!Array.isArray(read['options'])) return undefined;
    const options: Loose[] = read['options'];
    const module = options.find((option) => option['name'] === 'module');
    if (module === undefined) return undefined;
    if (module['value'] !== 'bonding') return mistake(reasons.value, 'a bond has no other module than bonding');
    read['options'] = options.filter((option) => option['name'] !== 'module');
    return undefined;
  },
  /** `false` says what absence says. */
  network_attachment(read) {
    if (read['override_configuration'] === false) delete read['override_configuration'];
    return undefined;
  },
};
